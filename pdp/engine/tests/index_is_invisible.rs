//! The index may only save time: with it and without it, every request gets the same answer, to the last obligation.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test")]

mod generate;

use argus_engine::check::Options;
use argus_engine::compile::{Program, load};
use argus_engine::diagnostic::Severity;
use argus_engine::evaluate::Environment;
use argus_engine::limits::Limits;
use argus_engine::read::Source;
use argus_engine::request::Individual;
use argus_engine::response::Result as Answer;
use argus_engine::types::DateTime;
use argus_engine::value::Arena;
use argus_engine::wire::read_json;
use generate::Dice;
use proptest::prelude::*;

fn compiled(text: &str) -> Program {
    let sources = [Source::new("generated.xml", text)];
    let (loaded, diagnostics) = load(&sources, &Options::default());
    let errors: Vec<_> = diagnostics.iter().filter(|found| found.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:#?} in {text}");
    loaded.programs(&[0]).0.pop().unwrap().unwrap()
}

/// All that a result says, in a form that can be compared and read.
fn shown(answer: &Answer<'_>) -> String {
    let mut policies: Vec<_> = answer.policies.iter().map(|policy| format!("{policy:?}")).collect();
    policies.sort();
    format!("{:?}\n{:?}\n{:?}\n{:?}\n{policies:?}", answer.decision, answer.fault, answer.obligations, answer.advice)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn the_index_is_invisible(seed in any::<u64>(), children in 4_usize..40) {
        let mut dice = Dice::new(seed);
        let text = generate::policy(&mut dice, children);
        let program = compiled(&text);
        let environment = Environment::at(DateTime::parse("2026-11-24T09:30:00Z").unwrap());
        for _ in 0..24 {
            let request = generate::request(&mut dice);
            let arena = Arena::new();
            let read = read_json(&request, &arena, &Limits::default()).unwrap();
            let attributes: Vec<_> = read.attributes.iter().collect();
            let individual = Individual {
                attributes: &attributes,
                xpath_version: None,
                return_policy_id_list: read.return_policy_id_list,
            };
            let indexed = shown(&program.evaluate(&individual, &environment, &arena));
            let plain = shown(&program.evaluate_plainly(&individual, &environment, &arena));
            prop_assert_eq!(indexed, plain, "{}\n{}", text, request);
        }
    }
}
