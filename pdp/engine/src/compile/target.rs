//! Targets: three levels of elements flattened into one run of matches (core 5.6 to 5.9).

use super::build::{Builder, next};
use super::program::{Match, Range, Test};
use crate::check::checked;
use crate::functions::{Body, Special};
use crate::value::OwnedValue;

impl<'c, 's> Builder<'c, 's> {
    pub(super) fn target(&mut self, target: &'c checked::Target<'s>) -> Range {
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

    fn compile_match(&mut self, element: &'c checked::Match<'s>) -> Match {
        Match {
            test: self.test(element),
            attribute: self.expression(&element.attribute),
            ends_all_of: false,
            ends_any_of: false,
        }
    }

    fn test(&mut self, element: &'c checked::Match<'s>) -> Test {
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
