//! Random policies and requests: the engine, with its index and without, asked in JSON and in XML, answers as the
//! independent evaluator does.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a panic is a failed test")]

use argus_engine::check::{Options, check};
use argus_engine::compile::load;
use argus_engine::evaluate::Environment;
use argus_engine::limits::Limits;
use argus_engine::read::Source;
use argus_engine::response::Response;
use argus_engine::types::DateTime;
use argus_engine::value::Arena;
use argus_engine::wire::answer::Answer as WireAnswer;
use argus_engine::wire::multiple::expand;
use argus_engine::wire::{read_json, read_xml, to_xml, write_json, write_xml};
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
        for (request, answers) in requests.iter().zip(answers) {
            if answers.agree() {
                continue;
            }
            let differs = |policy: &str, request: &str| {
                answers_of(policy, request).is_some_and(|answers| !answers.agree())
            };
            let (policy, request) = shrink(&policy, request, differs);
            panic!("\n{policy}\n{request}\n{:#?}", answers_of(&policy, &request).unwrap());
        }
    }
}

/// What is said of one request.
#[derive(Debug)]
struct Answers {
    expected: Answer,
    with_index: Answer,
    without_index: Answer,
    /// The request converted to XML.
    from_xml: Answer,
    /// The response, written and read back.
    written: [WireAnswer; 2],
}

impl Answers {
    fn agree(&self) -> bool {
        let [xml, json] = &self.written;
        [&self.with_index, &self.without_index, &self.from_xml].iter().all(|answer| **answer == self.expected)
            && xml.differences(json).is_empty()
            && xml.results[0].decision.as_str() == self.expected.decision.as_str()
    }
}

fn answers_of(policy: &str, request: &str) -> Option<Answers> {
    answers(policy, &[request.to_owned()])?.pop()
}

/// What the oracle and the engine say. `None` where the policy is refused.
fn answers(policy: &str, requests: &[String]) -> Option<Vec<Answers>> {
    let sources = [Source::new("policy.xml", policy)];
    let (checked, _) = check(&sources, &Options::default());
    if checked.documents.is_empty() || !checked.is_evaluable(0) {
        return None;
    }
    let program = load(&sources, &Options::default()).0.programs(&[0]).0.pop()??;
    let environment = Environment::at(DateTime::parse(NOW).unwrap());
    let (limits, mut all) = (Limits::default(), Vec::new());
    for request in requests {
        let arena = Arena::new();
        let read = read_json(request, &arena, &limits).unwrap();
        let as_xml = to_xml(&read);
        let individual = expand(&read, &arena, &limits).unwrap().remove(0).unwrap();
        let result = program.evaluate(&individual, &environment, &arena);
        let from_xml = read_xml(&as_xml, &arena, &limits).unwrap();
        let converted = expand(&from_xml, &arena, &limits).unwrap().remove(0).unwrap();
        all.push(Answers {
            expected: oracle::evaluate(&checked, 0, &individual, NOW),
            with_index: of_engine(&result),
            without_index: of_engine(&program.evaluate_plainly(&individual, &environment, &arena)),
            from_xml: of_engine(&program.evaluate(&converted, &environment, &arena)),
            written: [write_xml, write_json].map(|write| {
                let mut out = Vec::new();
                write(&Response { results: vec![result.clone()] }, &mut out);
                WireAnswer::read(&out).unwrap()
            }),
        });
    }
    Some(all)
}

/// How many policies: `PROPTEST_CASES` for a long run.
fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(400)
}
