//! Policies that somebody broke: whatever is changed, they are refused or evaluated, and never a panic; what is accepted
//! gets the same answer with the index and without.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a panic is a failed test"
)]

use argus_engine::check::{Options, check};
use argus_engine::compile::compile;
use argus_engine::evaluate::Environment;
use argus_engine::limits::Limits;
use argus_engine::read::Source;
use argus_engine::types::DateTime;
use argus_engine::value::Arena;
use argus_engine::wire::multiple::expand;
use argus_engine::wire::read_json;
use argus_tests::generate::{Dice, policy, request};
use argus_tests::oracle::of_engine;
use argus_tests::shrink::elements;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig {
        cases: std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(1_000),
        failure_persistence: None,
        max_shrink_iters: 0,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_policy_with_something_changed_is_refused_or_evaluated(seed in any::<u64>()) {
        let mut dice = Dice::new(seed);
        let mut text = policy(&mut dice);
        for _ in 0..=dice.below(3) {
            text = mutated(&text, &mut dice);
        }
        let requests = [request(&mut dice), request(&mut dice)];
        let (shown, asked) = (text.clone(), requests.clone());
        let outcome = std::panic::catch_unwind(move || evaluate(&text, &requests));
        assert!(outcome.is_ok(), "{shown}\n{asked:?}");
    }
}

fn evaluate(text: &str, requests: &[String]) {
    let sources = [Source::from_bytes("policy.xml", text.as_bytes())];
    let (checked, found) = check(&sources, &Options::default());
    for one in &found {
        let (start, end) = (one.at.start as usize, one.at.end as usize);
        assert!(start <= end && text.get(start..end).is_some(), "{one:?} points at nothing");
    }
    let Some(root) = checked.document_of(0).filter(|root| checked.is_evaluable(*root)) else {
        assert!(!found.is_empty(), "refused without a reason");
        return;
    };
    let program = compile(&checked, root).unwrap();
    let environment = Environment::at(DateTime::parse("2026-03-01T09:30:00Z").unwrap());
    for request in requests {
        let arena = Arena::new();
        let read = read_json(request, &arena, &Limits::default()).unwrap();
        let individual = expand(&read, &arena, &environment.limits).unwrap().remove(0).unwrap();
        let indexed = of_engine(&program.evaluate(&individual, &environment, &arena));
        assert_eq!(indexed, of_engine(&program.evaluate_plainly(&individual, &environment, &arena)));
    }
}

fn mutated(text: &str, dice: &mut Dice) -> String {
    if !text.is_ascii() || text.len() < 10 {
        return text.to_owned();
    }
    let (elements, attributes) = (elements(text), attributes(text));
    match dice.below(6) {
        0 if !elements.is_empty() => {
            let (start, end) = elements[dice.below(elements.len())];
            [&text[..start], &text[end..]].concat()
        }
        1 if !elements.is_empty() => {
            let (start, end) = elements[dice.below(elements.len())];
            [&text[..end], &text[start..]].concat()
        }
        2 if !elements.is_empty() => {
            let ((start, end), (from, to)) =
                (elements[dice.below(elements.len())], elements[dice.below(elements.len())]);
            [&text[..start], &text[from..to], &text[end..]].concat()
        }
        3 if !attributes.is_empty() => {
            let ((start, end), (from, to)) =
                (attributes[dice.below(attributes.len())], attributes[dice.below(attributes.len())]);
            [&text[..start], &text[from..to], &text[end..]].concat()
        }
        4 => {
            let place = dice.below(text.len());
            [&text[..place], dice.of(&["<", ">", "&", "\"", "&#0;", "x", "\u{e9}", ""]), &text[place + 1..]].concat()
        }
        _ => text[..dice.below(text.len())].to_owned(),
    }
}

/// Where the value of each XML attribute stands.
fn attributes(text: &str) -> Vec<(usize, usize)> {
    let quotes: Vec<usize> = text.match_indices('"').map(|(place, _)| place).collect();
    quotes.chunks_exact(2).map(|pair| (pair[0] + 1, pair[1])).collect()
}
