//! A policy decides the same whether it stands in place or is referred to.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a panic is a failed test")]

use argus_engine::check::{Options, check};
use argus_engine::compile::compile;
use argus_engine::diagnostic::Severity;
use argus_engine::evaluate::Environment;
use argus_engine::limits::Limits;
use argus_engine::read::Source;
use argus_engine::types::DateTime;
use argus_engine::value::Arena;
use argus_engine::wire::multiple::expand;
use argus_engine::wire::read_json;
use argus_tests::factor::factored;
use argus_tests::generate::{Dice, policy, request};
use argus_tests::oracle::{self, Answer, of_engine};
use proptest::prelude::*;

const NOW: &str = "2026-03-01T09:30:00Z";

proptest! {
    #![proptest_config(ProptestConfig {
        cases: std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(400),
        failure_persistence: None,
        max_shrink_iters: 0,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_reference_decides_as_what_it_refers_to(seed in any::<u64>()) {
        let mut dice = Dice::new(seed);
        let whole = policy(&mut dice);
        let documents = factored(&whole, &mut dice);
        let requests: Vec<String> = (0..4).map(|_| request(&mut dice)).collect();
        let expected = answers(&[whole], &requests, |checked, individual, _| {
            oracle::evaluate(checked, 0, individual, NOW)
        });
        let answered = answers(&documents, &requests, |checked, individual, arena| {
            let environment = Environment::at(DateTime::parse(NOW).unwrap());
            of_engine(&compile(checked, 0).unwrap().evaluate(individual, &environment, arena))
        });
        prop_assert_eq!(expected, answered, "{}", documents.join("\n\n"));
    }
}

fn answers(
    documents: &[String],
    requests: &[String],
    evaluate: impl Fn(&argus_engine::check::checked::Checked<'_>, &argus_engine::request::Individual<'_>, &Arena) -> Answer,
) -> Vec<Answer> {
    let sources: Vec<Source<'_>> = documents.iter().map(|text| Source::new("policy.xml", text)).collect();
    let (checked, found) = check(&sources, &Options::default());
    let errors: Vec<_> = found.iter().filter(|one| one.severity == Severity::Error).collect();
    assert!(checked.is_evaluable(0), "{}\n{errors:#?}", documents.join("\n\n"));
    let answer = |request: &String| {
        let arena = Arena::new();
        let read = read_json(request, &arena, &Limits::default()).unwrap();
        let individual = expand(&read, &arena, &Limits::default()).unwrap().remove(0).unwrap();
        evaluate(&checked, &individual, &arena)
    };
    requests.iter().map(answer).collect()
}
