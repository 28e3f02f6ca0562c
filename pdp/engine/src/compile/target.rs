//! Targets: three levels of elements flattened into one run of matches (core 5.6 to 5.9).

use std::hash::BuildHasher;

use rustc_hash::FxBuildHasher;

use super::build::{Builder, next};
use super::program::{Match, Range, Target, Test};
use crate::check::checked;
use crate::functions::{Body, Special};
use crate::value::OwnedValue;

impl Builder {
    pub(super) fn target(&mut self, target: &checked::Target<'_>) -> Range {
        let made = self.push_matches(target);
        self.share(made)
    }

    pub(super) fn target_of_node(&mut self, target: &checked::Target<'_>) -> Target {
        let made = self.push_matches(target);
        match self.program.matches.pop_if(|_| made.len == 1) {
            Some(only) => Target::Match(only),
            None => Target::Matches(self.share(made)),
        }
    }

    fn push_matches(&mut self, target: &checked::Target<'_>) -> Range {
        let start = next(&self.program.matches);
        for any_of in &target.any_of {
            for all_of in &any_of.all_of {
                for element in &all_of.matches {
                    let compiled = self.compile_match(element);
                    self.program.matches.push(compiled);
                }
                if let Some(last) = self.program.matches.last_mut() {
                    last.ends_all_of = true;
                }
            }
            if let Some(last) = self.program.matches.last_mut() {
                last.ends_any_of = true;
            }
        }
        Range { start, len: next(&self.program.matches) - start }
    }

    // Policies made from one template have most of their targets in common.
    fn share(&mut self, made: Range) -> Range {
        if made.len == 0 {
            return Range::default();
        }
        let hash = FxBuildHasher.hash_one(made.of(&self.program.matches));
        let known = *self.targets.entry(hash).or_insert(made);
        if known == made || known.of(&self.program.matches) != made.of(&self.program.matches) {
            return made;
        }
        self.program.matches.truncate(made.start as usize);
        known
    }

    fn compile_match(&mut self, element: &checked::Match<'_>) -> Match {
        Match {
            test: self.test(element),
            attribute: self.expression(&element.attribute),
            ends_all_of: false,
            ends_any_of: false,
        }
    }

    fn test(&mut self, element: &checked::Match<'_>) -> Test {
        match (element.function.id, &element.value) {
            (
                "urn:oasis:names:tc:xacml:1.0:function:string-equal"
                | "urn:oasis:names:tc:xacml:1.0:function:anyURI-equal",
                OwnedValue::String(text) | OwnedValue::AnyUri(text),
            ) => Test::TextEqual(self.text(text)),
            (
                "urn:oasis:names:tc:xacml:3.0:function:string-starts-with"
                | "urn:oasis:names:tc:xacml:3.0:function:anyURI-starts-with",
                OwnedValue::String(text),
            ) => Test::TextPrefix(self.text(text)),
            ("urn:oasis:names:tc:xacml:3.0:function:ipAddress-match", OwnedValue::IpAddressPattern(pattern)) => {
                match pattern.v4() {
                    Some(addresses) => Test::Ipv4(addresses),
                    None => Test::Function(element.function, self.constant(&element.value)),
                }
            }
            (_, OwnedValue::String(text)) if matches!(element.function.body, Body::Special(Special::RegexpMatch)) => {
                match self.pattern(text) {
                    Some(pattern) => Test::Pattern(pattern),
                    None => Test::Function(element.function, self.constant(&element.value)),
                }
            }
            _ => Test::Function(element.function, self.constant(&element.value)),
        }
    }
}
