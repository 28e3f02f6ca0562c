//! Random policies and requests: the engine, with its index and without, answers as the independent evaluator does.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a panic is a failed test")]

use argus_engine::check::{Options, check};
use argus_engine::compile::compile;
use argus_engine::evaluate::Environment;
use argus_engine::limits::Limits;
use argus_engine::read::Source;
use argus_engine::request::Individual;
use argus_engine::types::DateTime;
use argus_engine::value::Arena;
use argus_engine::wire::read_json;
use argus_tests::generate::{Dice, policy, request};
use argus_tests::oracle::{self, Answer, of_engine};
use argus_tests::shrink::shrink;
use proptest::prelude::*;

const NOW: &str = "2026-03-01T09:30:00Z";

/// Requests for each policy: making and checking a policy costs more than evaluating it.
const REQUESTS: usize = 6;

proptest! {
    #![proptest_config(ProptestConfig {
        cases: cases(),
        failure_persistence: None,
        // The policies are shrunk by `shrink`; another seed is another policy, no smaller one.
        max_shrink_iters: 0,
        ..ProptestConfig::default()
    })]

    #[test]
    fn the_engine_answers_as_the_standard_written_down_a_second_time(seed in any::<u64>()) {
        let mut dice = Dice::new(seed);
        let policy = policy(&mut dice);
        let requests: Vec<String> = (0..REQUESTS).map(|_| request(&mut dice)).collect();
        let Some(answers) = answers(&policy, &requests) else {
            let sources = [Source::new("policy.xml", &policy)];
            panic!("{policy}\nis refused: {:#?}", check(&sources, &Options::default()).1);
        };
        for (request, [expected, indexed, plain]) in requests.iter().zip(answers) {
            if indexed == expected && plain == expected {
                continue;
            }
            let differs = |policy: &str, request: &str| {
                let answers = answers_of(policy, request);
                answers.is_some_and(|[expected, indexed, plain]| expected != indexed || expected != plain)
            };
            let (policy, request) = shrink(&policy, request, differs);
            let [expected, indexed, plain] = answers_of(&policy, &request).unwrap();
            panic!("\n{policy}\n{request}\nexpected: {expected:?}\nindexed:  {indexed:?}\nplain:    {plain:?}");
        }
    }
}

fn answers_of(policy: &str, request: &str) -> Option<[Answer; 3]> {
    answers(policy, &[request.to_owned()])?.pop()
}

/// What the oracle, the engine, and the engine without its index say. `None` where the policy is refused.
fn answers(policy: &str, requests: &[String]) -> Option<Vec<[Answer; 3]>> {
    let sources = [Source::new("policy.xml", policy)];
    let (checked, _) = check(&sources, &Options::default());
    if checked.documents.is_empty() || !checked.is_evaluable(0) {
        return None;
    }
    let program = compile(&checked, 0)?;
    let environment = Environment::at(DateTime::parse(NOW).unwrap());
    let answer = |request: &String| {
        let arena = Arena::new();
        let read = read_json(request, &arena, &Limits::default()).unwrap();
        let attributes: Vec<_> = read.attributes.iter().collect();
        let individual = Individual { attributes: &attributes, xpath_version: None, return_policy_id_list: true };
        [
            oracle::evaluate(&checked, 0, &individual, NOW),
            of_engine(&program.evaluate(&individual, &environment, &arena)),
            of_engine(&program.evaluate_plainly(&individual, &environment, &arena)),
        ]
    };
    Some(requests.iter().map(answer).collect())
}

/// How many policies: `PROPTEST_CASES` for a long run.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(400)
}
