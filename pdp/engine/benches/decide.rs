//! What the engine costs: reading and checking, compiling, evaluating, and from the wire to the written answer.
//!
//! The small policy is the one that other engines are compared with in `tests/peers`.
#![expect(clippy::unwrap_used, reason = "a benchmark")]

mod clock;

use argus_engine::check::{Options, check};
use argus_engine::compile::{Program, compile};
use argus_engine::evaluate::Environment;
use argus_engine::limits::Limits;
use argus_engine::read::Source;
use argus_engine::types::DateTime;
use argus_engine::value::Arena;
use argus_engine::wire::{multiple, read_json, read_xml, to_xml, write_json, write_xml};
use clock::ThreadTime;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

const POLICY: &str = include_str!("../../../tests/peers/fixtures/policy.xml");
const REQUEST: &str = include_str!("request.json");
const LIMITS: Limits = Limits { policy_bytes: 1 << 30, ..DEFAULT };
const DEFAULT: Limits = Limits::DEFAULT;

fn options() -> Options {
    Options::evaluating(LIMITS)
}

/// So many copies of the small policy, each for a path of its own.
fn policies(count: usize) -> String {
    let dense = POLICY.lines().map(str::trim).collect::<Vec<_>>().join(" ").replace("> <", "><");
    let copies = (0..count).map(|number| dense.replace("/engineering/", &format!("/projects/p{number}/")));
    format!(
        "<PolicySet xmlns=\"urn:oasis:names:tc:xacml:3.0:core:schema:wd-17\" PolicySetId=\"all\" Version=\"1.0\" \
         PolicyCombiningAlgId=\"urn:oasis:names:tc:xacml:3.0:policy-combining-algorithm:permit-overrides\"><Target/>{}</PolicySet>",
        copies.collect::<String>()
    )
}

fn program(text: &str) -> Program {
    let sources = [Source::new("policies.xml", text)];
    let (checked, diagnostics) = check(&sources, &options());
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    compile(&checked, 0).unwrap()
}

fn environment() -> Environment<'static> {
    Environment::at(DateTime::parse("2026-11-24T09:30:00Z").unwrap())
}

fn load(criterion: &mut Criterion<ThreadTime>) {
    let text = policies(100);
    let mut group = criterion.benchmark_group("load 100 policies");
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("read and check", |bencher| {
        bencher.iter(|| {
            let sources = [Source::new("policies.xml", &text)];
            check(&sources, &options()).0.documents.len()
        });
    });
    let sources = [Source::new("policies.xml", &text)];
    let (checked, _) = check(&sources, &options());
    group.bench_function("compile", |bencher| bencher.iter(|| compile(&checked, 0).unwrap()));
    group.finish();
}

fn decide(criterion: &mut Criterion<ThreadTime>) {
    let (program, environment, outer) = (program(&policies(1)), environment(), Arena::new());
    let json = REQUEST.replace("PATH", "/projects/p0/plan.pdf");
    let request = outer.bump().alloc(read_json(&json, &outer, &LIMITS).unwrap());
    let xml = to_xml(request);
    let individual = multiple::expand(request, &outer, &LIMITS).unwrap().into_iter().next().unwrap().unwrap();
    let mut group = criterion.benchmark_group("decide");
    let mut arena = Arena::new();
    group.bench_function("request built", |bencher| {
        bencher.iter(|| {
            arena.reset();
            program.evaluate(&individual, &environment, &arena).decision
        });
    });
    let mut answer = Vec::new();
    group.bench_function("JSON to JSON", |bencher| {
        bencher.iter(|| {
            arena.reset();
            answer.clear();
            let request = arena.bump().alloc(read_json(&json, &arena, &LIMITS).unwrap());
            write_json(&program.answer(request, &environment, &arena).unwrap(), &mut answer);
            answer.len()
        });
    });
    group.bench_function("XML to XML", |bencher| {
        bencher.iter(|| {
            arena.reset();
            answer.clear();
            let request = arena.bump().alloc(read_xml(&xml, &arena, &LIMITS).unwrap());
            write_xml(&program.answer(request, &environment, &arena).unwrap(), &mut answer);
            answer.len()
        });
    });
    group.finish();
}

fn scale(criterion: &mut Criterion<ThreadTime>) {
    let environment = environment();
    let mut group = criterion.benchmark_group("scale");
    for count in [100, 1_000, 10_000, 100_000] {
        let (program, outer) = (program(&policies(count)), Arena::new());
        let texts: Vec<String> =
            (0..64).map(|k| REQUEST.replace("PATH", &format!("/projects/p{}/plan.pdf", k * count / 64))).collect();
        let requests: Vec<_> = texts
            .iter()
            .map(|text| {
                let request = outer.bump().alloc(read_json(text, &outer, &LIMITS).unwrap());
                multiple::expand(request, &outer, &LIMITS).unwrap().into_iter().next().unwrap().unwrap()
            })
            .collect();
        let (mut arena, mut turn) = (Arena::new(), requests.iter().cycle());
        group.bench_function(BenchmarkId::from_parameter(count), |bencher| {
            bencher.iter(|| {
                arena.reset();
                turn.next().map(|request| program.evaluate(request, &environment, &arena).decision)
            });
        });
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(ThreadTime).sample_size(40);
    targets = load, decide, scale
}
criterion_main!(benches);
