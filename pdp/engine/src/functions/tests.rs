//! The table as a whole: every row is tried with the fixtures, and none breaks on arguments that it wasn't made for.

mod fixtures;

use proptest::prelude::*;

use super::*;
use crate::value::OwnedValue;

/// A function, its arguments and what it gives, as `fixtures` says.
type Fixture = (&'static str, &'static [&'static str], &'static str);

const DIGITS: usize = 10_000;

fn call(arena: &Arena) -> Call<'_> {
    Call { arena, implicit_zone: ZoneOffset::parse("+02:00").unwrap(), integer_digits: DIGITS }
}

/// `1.0:string-equal` is short for the standard's identifier.
fn identifier(short: &str) -> String {
    if short.starts_with("urn:argus:") {
        return short.to_owned();
    }
    let (version, name) = short.split_once(':').unwrap();
    format!("urn:oasis:names:tc:xacml:{version}:function:{name}")
}

fn value<'a>(arena: &'a Arena, data_type: &str, text: &str) -> Value<'a> {
    let data_type = DataType::from_short_name(data_type).unwrap();
    arena.keep(OwnedValue::parse(data_type, text, DIGITS).unwrap_or_else(|error| panic!("{text}: {error}")))
}

fn operand<'a>(arena: &'a Arena, written: &str) -> Operand<'a> {
    let (data_type, text) = written.split_once(' ').unwrap();
    match data_type.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        None => Operand::One(value(arena, data_type, text)),
        Some(_) if text.is_empty() => Operand::Bag(&[]),
        Some(member) => {
            let values: Vec<_> = text.split('|').map(|text| value(arena, member, text)).collect();
            Operand::Bag(arena.bag(&values))
        }
    }
}

/// The type in which an operand is written; of an empty bag only the function knows it.
fn written(operand: &Operand<'_>, gives: Type) -> String {
    match (operand, gives) {
        (Operand::One(value), Type::One(data_type)) if value.data_type() == data_type => {
            format!("{} {value}", data_type.short_name())
        }
        (Operand::Bag(values), Type::Bag(data_type)) => {
            assert!(values.iter().all(|value| value.data_type() == data_type));
            let texts: Vec<_> = values.iter().map(Value::to_string).collect();
            format!("[{}] {}", data_type.short_name(), texts.join("|"))
        }
        _ => panic!("{operand:?} is not of the type {gives}"),
    }
}

fn apply<'a>(function: &Function, call: &Call<'a>, operands: &[Operand<'a>]) -> Result<Operand<'a>, Fault> {
    match function.body {
        Body::Values(body) => {
            let values: Option<Vec<_>> = operands.iter().map(one).collect();
            body(call, &values.unwrap()).map(Operand::One)
        }
        Body::Operands(body) => body(call, operands),
        Body::Special(_) => panic!("{} is the evaluator's", function.id),
    }
}

fn one<'a>(operand: &Operand<'a>) -> Option<Value<'a>> {
    match operand {
        Operand::One(value) => Some(*value),
        Operand::Bag(_) => None,
    }
}

fn answer(function: &Function, arguments: &[String]) -> String {
    let arena = Arena::new();
    let operands: Vec<_> = arguments.iter().map(|written| operand(&arena, written)).collect();
    let Gives::Type(gives) = function.gives else { panic!("{} is the evaluator's", function.id) };
    match apply(function, &call(&arena), &operands) {
        Ok(operand) => written(&operand, gives),
        Err(fault) => fault.code.as_str().rsplit(':').next().unwrap().to_owned(),
    }
}

/// All fixtures: those written down, those of older identifiers, and those of the functions on bags.
fn all_fixtures() -> Vec<(String, Vec<String>, String)> {
    let mut all = Vec::new();
    for (short, arguments, expected) in fixtures::FIXTURES {
        let arguments: Vec<_> = arguments.iter().map(|&argument| argument.to_owned()).collect();
        let older = short.replacen("3.0:", "1.0:", 1);
        if find(&identifier(&older)).is_some_and(|function| function.level == Level::Deprecated) {
            all.push((identifier(&older), arguments.clone(), (*expected).to_owned()));
        }
        all.push((identifier(short), arguments, (*expected).to_owned()));
    }
    for (data_type, samples) in fixtures::SAMPLES {
        for version in ["1.0", "2.0", "3.0"] {
            all.extend(bag_fixtures(version, data_type, samples));
        }
    }
    all.retain(|(id, ..)| find(id).is_some());
    all
}

/// What the functions on bags of one type give; `a` and `same` are equal, `b` is another value.
fn bag_fixtures(version: &str, data_type: &str, [a, same, b]: &[&str; 3]) -> Vec<(String, Vec<String>, String)> {
    let one = |text: &str| format!("{data_type} {text}");
    let bag = |texts: &[&str]| format!("[{data_type}] {}", texts.join("|"));
    let yes = || "boolean true".to_owned();
    let no = || "boolean false".to_owned();
    let fault = || "processing-error".to_owned();
    let rows = vec![
        ("one-and-only", vec![bag(&[a])], one(a)),
        ("one-and-only", vec![bag(&[])], fault()),
        ("one-and-only", vec![bag(&[a, a])], fault()),
        ("bag-size", vec![bag(&[])], "integer 0".to_owned()),
        ("bag-size", vec![bag(&[a, same, b])], "integer 3".to_owned()),
        ("bag", vec![], bag(&[])),
        ("bag", vec![one(a), one(b), one(a)], bag(&[a, b, a])),
        ("is-in", vec![one(same), bag(&[b, a])], yes()),
        ("is-in", vec![one(same), bag(&[b])], no()),
        ("is-in", vec![one(a), bag(&[])], no()),
        ("intersection", vec![bag(&[a, b, same]), bag(&[same, a])], bag(&[a])),
        ("intersection", vec![bag(&[a]), bag(&[b])], bag(&[])),
        ("at-least-one-member-of", vec![bag(&[b, same]), bag(&[a])], yes()),
        ("at-least-one-member-of", vec![bag(&[a]), bag(&[b])], no()),
        ("at-least-one-member-of", vec![bag(&[]), bag(&[b])], no()),
        ("at-least-one-member-of", vec![bag(&[b]), bag(&[])], no()),
        ("union", vec![bag(&[a, same]), bag(&[]), bag(&[b, a])], bag(&[a, b])),
        ("union", vec![bag(&[]), bag(&[])], bag(&[])),
        ("subset", vec![bag(&[same, same]), bag(&[b, a])], yes()),
        ("subset", vec![bag(&[a, b]), bag(&[a])], no()),
        ("subset", vec![bag(&[]), bag(&[])], yes()),
        ("set-equals", vec![bag(&[a, b, same]), bag(&[b, same])], yes()),
        ("set-equals", vec![bag(&[a]), bag(&[a, b])], no()),
        ("set-equals", vec![bag(&[]), bag(&[])], yes()),
    ];
    let id = |name: &str| identifier(&format!("{version}:{data_type}-{name}"));
    rows.into_iter().map(|(name, arguments, expected)| (id(name), arguments, expected)).collect()
}

#[test]
fn every_function_gives_what_its_fixtures_say() {
    for (id, arguments, expected) in all_fixtures() {
        let function = find(&id).unwrap();
        assert_eq!(answer(function, &arguments), expected, "{id} of {arguments:?}");
    }
}

#[test]
fn every_row_has_a_fixture() {
    for (short, ..) in fixtures::FIXTURES {
        assert!(find(&identifier(short)).is_some(), "{short} is no function");
    }
    let tried: Vec<_> = all_fixtures().into_iter().map(|(id, ..)| id).collect();
    for function in FUNCTIONS.iter().filter(|function| !matches!(function.body, Body::Special(_))) {
        assert!(tried.iter().any(|id| id == function.id), "{} has no fixture", function.id);
    }
}

#[test]
fn every_identifier_stands_once() {
    for function in FUNCTIONS {
        assert!(std::ptr::eq(find(function.id).unwrap(), function), "{}", function.id);
    }
    assert!(find("urn:oasis:names:tc:xacml:1.0:function:present").is_none());
}

#[test]
fn the_table_is_complete() {
    let count = |level| FUNCTIONS.iter().filter(|function| function.level == level).count();
    assert_eq!(count(Level::Mandatory), 249);
    assert_eq!(count(Level::Optional), 4);
    assert_eq!(count(Level::Deprecated), 34);
    assert_eq!(count(Level::Profile), 6 + 24);
    assert_eq!(count(Level::Argus), 2);
}

#[test]
fn a_row_agrees_with_its_body() {
    for function in FUNCTIONS {
        let types: Vec<Type> = match function.parameters {
            Parameters::Fixed(types) => types.to_vec(),
            Parameters::Many { first, rest, .. } => first.iter().copied().chain([rest]).collect(),
            Parameters::HigherOrder(kind) => {
                assert!(matches!(function.body, Body::Special(Special::HigherOrder(of)) if of == kind));
                continue;
            }
        };
        let single = types.iter().all(|of| matches!(of, Type::One(_)));
        if matches!(function.body, Body::Values(_)) {
            assert!(single && matches!(function.gives, Gives::Type(Type::One(_))), "{}", function.id);
        }
    }
}

#[test]
fn a_signature_reads_as_help_prints_it() {
    let signature_of = |short: &str| signature(find(&identifier(short)).unwrap());
    assert_eq!(signature_of("1.0:string-equal"), "(string, string → boolean)");
    assert_eq!(signature_of("1.0:integer-add"), "(integer, integer, integer… → integer)");
    assert_eq!(signature_of("1.0:n-of"), "(integer, boolean… → boolean)");
    assert_eq!(signature_of("1.0:string-bag"), "(string… → bag of string)");
    assert_eq!(signature_of("1.0:string-is-in"), "(string, bag of string → boolean)");
    assert_eq!(signature_of("3.0:any-of"), "(function, values and one bag → boolean)");
    assert_eq!(signature_of("1.0:map"), "(function, bag → bag)");
}

/// The arguments of all fixtures, as operands of every type.
fn operands_of_all_types(arena: &Arena) -> Vec<Operand<'_>> {
    let samples = fixtures::SAMPLES.iter().flat_map(|(data_type, [a, ..])| {
        [format!("{data_type} {a}"), format!("[{data_type}] {a}"), format!("[{data_type}] ")]
    });
    samples.map(|written| operand(arena, &written)).collect()
}

#[test]
fn arguments_of_other_types_are_a_fault_and_never_a_panic() {
    let arena = Arena::new();
    let call = call(&arena);
    let operands = operands_of_all_types(&arena);
    let values: Vec<_> = operands.iter().filter_map(one).collect();
    for function in FUNCTIONS {
        for count in 0..=4 {
            for first in 0..values.len() {
                let some: Vec<_> = values.iter().cycle().skip(first).take(count).copied().collect();
                if let Body::Values(body) = function.body {
                    let _ = body(&call, &some);
                }
            }
            for first in 0..operands.len() {
                let some: Vec<_> = operands.iter().cycle().skip(first).take(count).copied().collect();
                if let Body::Operands(body) = function.body {
                    let _ = body(&call, &some);
                }
            }
        }
    }
    let subtract = find(&identifier("1.0:integer-subtract")).unwrap();
    let fault = apply(subtract, &call, &[Operand::One(Value::Integer(1)), Operand::One(Value::Boolean(true))]);
    assert_eq!(fault.unwrap_err().code, crate::status::StatusCode::ProcessingError);
}

#[test]
fn an_integer_too_long_is_a_fault() {
    let arena = Arena::new();
    let short = Call { integer_digits: 20, ..call(&arena) };
    let nines = value(&arena, "integer", &"9".repeat(20));
    let on = |id: &str, values: &[Value<'_>]| match find(&identifier(id)).unwrap().body {
        Body::Values(body) => {
            let values: Vec<_> = values.iter().map(|value| arena.keep(value.to_owned_value())).collect();
            body(&short, &values).map(|value| value.to_string())
        }
        _ => unreachable!(),
    };
    assert!(on("1.0:integer-add", &[nines, Value::Integer(1)]).is_err());
    assert!(on("1.0:integer-multiply", &[nines, Value::Integer(10)]).is_err());
    assert!(on("1.0:double-to-integer", &[Value::Double(1e21)]).is_err());
    assert_eq!(on("1.0:double-to-integer", &[Value::Double(1e19)]), Ok("10000000000000000000".to_owned()));
    let beyond = value(&arena, "integer", &"9".repeat(400));
    assert!(on("1.0:integer-to-double", &[beyond]).is_err());
    let fault = on("3.0:integer-from-string", &[Value::String("999999999999999999999")]).unwrap_err();
    assert_eq!(fault.code, crate::status::StatusCode::SyntaxError);
    assert!(fault.message.starts_with("`999999999999999999999` is not"), "{}", fault.message);
}

#[test]
fn a_message_quotes_no_more_than_a_line() {
    let arena = Arena::new();
    let long = arena.text(&"é".repeat(5_000));
    let Body::Values(body) = find(&identifier("3.0:integer-from-string")).unwrap().body else { unreachable!() };
    let fault = body(&call(&arena), &[Value::String(long)]).unwrap_err();
    assert!(fault.message.chars().count() < 200, "{}", fault.message);
}

/// Values of one type, many of them equal, each with several spellings where the type has them.
fn bags_of_one_type() -> impl Strategy<Value = (&'static str, Vec<String>, Vec<String>)> {
    let texts: [(&str, BoxedStrategy<String>); 9] = [
        ("string", "[a-c]{0,3}".boxed()),
        ("integer", prop_oneof!["[+]?[0-9]{1,2}", "9{19}[0-9]"].boxed()),
        ("double", prop_oneof!["-?[0-3]", Just("NaN".to_owned()), Just("INF".to_owned())].boxed()),
        ("time", "0[0-4]:00:00(Z|[+]02:00|)".boxed()),
        ("date", "2002-03-2[0-9](Z|[+]12:00|-12:00|)".boxed()),
        ("dateTime", "2002-03-2[0-9]T0[0-4]:00:00(Z|[+]02:00|)".boxed()),
        ("dayTimeDuration", "(P1DT[0-9]H|PT2[0-9]H)".boxed()),
        ("rfc822Name", "[aA]@[a-cA-C]".boxed()),
        ("x500Name", "(CN|cn)=[a-dA-D]([+]O=[ab])?( ?, c=[ab])?".boxed()),
    ];
    proptest::sample::select(texts.to_vec()).prop_flat_map(|(name, text)| {
        let bag = proptest::collection::vec(text, 0..60);
        (Just(name), bag.clone(), bag)
    })
}

proptest! {
    /// Sorting large bags may only save time.
    #[test]
    fn the_functions_on_sets_are_those_of_pairwise_comparison((data_type, first, second) in bags_of_one_type()) {
        let arena = Arena::new();
        let call = call(&arena);
        let version = if data_type == "dayTimeDuration" { "3.0" } else { "1.0" };
        let [first, second]: [Vec<_>; 2] =
            [first, second].map(|texts| texts.iter().map(|text| value(&arena, data_type, text)).collect());
        let holds = |values: &[Value<'_>], value: &Value<'_>| {
            values.iter().any(|member| member.equals(value, call.implicit_zone))
        };
        let mut both: Vec<Value<'_>> = Vec::new();
        let mut all: Vec<Value<'_>> = Vec::new();
        for value in &first {
            if holds(&second, value) && !holds(&both, value) {
                both.push(*value);
            }
        }
        for value in first.iter().chain(&second) {
            if !holds(&all, value) {
                all.push(*value);
            }
        }
        let shared = first.iter().any(|value| holds(&second, value));
        let within = first.iter().all(|value| holds(&second, value));
        let around = second.iter().all(|value| holds(&first, value));
        let on = |name: &str| {
            let function = find(&identifier(&format!("{version}:{data_type}-{name}"))).unwrap();
            let operands = [Operand::Bag(arena.bag(&first)), Operand::Bag(arena.bag(&second))];
            let Gives::Type(gives) = function.gives else { unreachable!() };
            written(&apply(function, &call, &operands).unwrap(), gives)
        };
        let data_type = Type::Bag(DataType::from_short_name(data_type).unwrap());
        prop_assert_eq!(on("intersection"), written(&Operand::Bag(&both), data_type));
        prop_assert_eq!(on("union"), written(&Operand::Bag(&all), data_type));
        prop_assert_eq!(on("at-least-one-member-of"), format!("boolean {shared}"));
        prop_assert_eq!(on("subset"), format!("boolean {within}"));
        prop_assert_eq!(on("set-equals"), format!("boolean {}", within && around));
    }
}
