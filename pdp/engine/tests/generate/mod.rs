//! Random policies as XACML text and random requests as JSON text, both from one seed: for properties of the whole engine.
//!
//! The vocabulary is small, so that policies and requests meet often, and it holds whatever makes evaluation hard:
//! absent and repeated attributes, values of another type, values outside their lexical space, `MustBePresent`.

use std::fmt::Write;

/// A small generator of numbers: the same seed gives the same policy on every machine.
pub(crate) struct Dice(u64);

const CORE: &str = "urn:oasis:names:tc:xacml:3.0:core:schema:wd-17";
const RESOURCE: &str = "urn:oasis:names:tc:xacml:3.0:attribute-category:resource";
const XSD: &str = "http://www.w3.org/2001/XMLSchema#";
const PATTERN: &str = "urn:oasis:names:tc:xacml:3.0:data-type:ipAddress-pattern";
const ADDRESS: &str = "urn:oasis:names:tc:xacml:3.0:data-type:ipAddress-value";

const RULE_ALGORITHMS: &[&str] = &[
    "3.0:rule-combining-algorithm:deny-overrides",
    "3.0:rule-combining-algorithm:ordered-permit-overrides",
    "3.0:rule-combining-algorithm:deny-unless-permit",
    "3.0:rule-combining-algorithm:permit-unless-deny",
    "1.0:rule-combining-algorithm:first-applicable",
    "1.0:rule-combining-algorithm:deny-overrides",
    "1.0:rule-combining-algorithm:permit-overrides",
];

const POLICY_ALGORITHMS: &[&str] = &[
    "3.0:policy-combining-algorithm:ordered-deny-overrides",
    "3.0:policy-combining-algorithm:permit-overrides",
    "3.0:policy-combining-algorithm:deny-unless-permit",
    "3.0:policy-combining-algorithm:permit-unless-deny",
    "1.0:policy-combining-algorithm:first-applicable",
    "1.0:policy-combining-algorithm:only-one-applicable",
    "1.0:policy-combining-algorithm:deny-overrides",
    "1.0:policy-combining-algorithm:permit-overrides",
    "3.0:policy-combining-algorithm:on-permit-apply-second",
];

const STRINGS: &[&str] = &["a", "ab", "abc", "b", "ba", "", "c/d", "c/d/e"];
const INTEGERS: &[&str] = &["-1", "0", "1", "2", "7", "99999999999999999999"];
const DOUBLES: &[&str] = &["-1.5", "0", "-0", "2.5", "INF", "NaN"];
const ADDRESSES: &[&str] = &["10.0.0.1", "10.1.2.3", "192.168.0.7", "[2001:db8::1]", "10.1.2.3:80"];
const NETWORKS: &[&str] = &["10.0.0.0/8", "10.1.0.0/16", "[2001:db8::]/32", "0.0.0.0/0", "10.1.2.3", "10.1.2.3:80"];
const REGEXES: &[&str] = &["^a", "^ab$", "b", "a$", "^a[bc]", "^(a|b)$", "[", "^c/d"];

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed ^ 0x9E37_79B9_7F4A_7C15)
    }

    fn roll(&mut self) -> u64 {
        // splitmix64
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    fn below(&mut self, sides: usize) -> usize {
        usize::try_from(self.roll() % sides as u64).unwrap()
    }

    fn of<T: Copy>(&mut self, table: &[T]) -> T {
        table[self.below(table.len())]
    }

    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }
}

/// A policy or policy set whose larger nodes have `children` children.
pub(crate) fn policy(dice: &mut Dice, children: usize) -> String {
    let mut number = 0;
    let body = if dice.once_in(3) {
        rules_policy(dice, children, &mut number)
    } else {
        policy_set(dice, children, 2, &mut number)
    };
    body.replacen(" PolicyId", &format!(" xmlns=\"{CORE}\" PolicyId"), 1).replacen(
        " PolicySetId",
        &format!(" xmlns=\"{CORE}\" PolicySetId"),
        usize::from(body.starts_with("<PolicySet")),
    )
}

fn policy_set(dice: &mut Dice, children: usize, depth: usize, number: &mut usize) -> String {
    *number += 1;
    let (id, algorithm) = (*number, dice.of(POLICY_ALGORITHMS));
    let count = if algorithm.ends_with("second") { 2 + dice.below(2) } else { dice.below(children + 1) };
    let mut body = format!(
        "<PolicySet PolicySetId=\"s{id}\" Version=\"1.0\" PolicyCombiningAlgId=\"urn:oasis:names:tc:xacml:{algorithm}\">{}",
        target(dice, 4)
    );
    for _ in 0..count {
        body += &if depth > 0 && dice.once_in(4) {
            policy_set(dice, children / 2, depth - 1, number)
        } else {
            let rules = dice.below(3);
            rules_policy(dice, rules, number)
        };
    }
    body + &obligations(dice, id) + "</PolicySet>"
}

fn rules_policy(dice: &mut Dice, rules: usize, number: &mut usize) -> String {
    *number += 1;
    let id = *number;
    let mut body = format!(
        "<Policy PolicyId=\"p{id}\" Version=\"1.0\" RuleCombiningAlgId=\"urn:oasis:names:tc:xacml:{}\">{}",
        dice.of(RULE_ALGORITHMS),
        target(dice, 2)
    );
    for rule in 0..rules {
        let effect = dice.of(&["Permit", "Deny"]);
        let target = if dice.once_in(2) { target(dice, 1) } else { String::new() };
        let condition =
            if dice.once_in(4) { String::new() } else { format!("<Condition>{}</Condition>", boolean(dice, 2)) };
        let duties = obligations(dice, id * 100 + rule);
        write!(body, "<Rule RuleId=\"r{id}-{rule}\" Effect=\"{effect}\">{target}{condition}{duties}</Rule>").unwrap();
    }
    body + &obligations(dice, id) + "</Policy>"
}

fn obligations(dice: &mut Dice, id: usize) -> String {
    if !dice.once_in(3) {
        return String::new();
    }
    let on = dice.of(&["Permit", "Deny"]);
    let value = if dice.once_in(4) { designator(dice, "s1", "string") } else { literal("string", "seen") };
    format!(
        "<ObligationExpressions><ObligationExpression ObligationId=\"o{id}\" FulfillOn=\"{on}\">\
         <AttributeAssignmentExpression AttributeId=\"why\">{value}</AttributeAssignmentExpression>\
         </ObligationExpression></ObligationExpressions>"
    )
}

fn target(dice: &mut Dice, empty_once_in: usize) -> String {
    if dice.once_in(empty_once_in) && empty_once_in > 1 {
        return "<Target/>".to_owned();
    }
    let mut target = String::from("<Target>");
    for _ in 0..=dice.below(2) {
        target += "<AnyOf>";
        for _ in 0..=dice.below(2) {
            target += "<AllOf>";
            for _ in 0..=dice.below(2) {
                target += &one_match(dice);
            }
            target += "</AllOf>";
        }
        target += "</AnyOf>";
    }
    target + "</Target>"
}

fn one_match(dice: &mut Dice) -> String {
    let (function, literal, designator) = comparison(dice);
    format!("<Match MatchId=\"urn:oasis:names:tc:xacml:{function}\">{literal}{designator}</Match>")
}

/// A function of two values, a constant for its first, and a designator for its second.
fn comparison(dice: &mut Dice) -> (String, String, String) {
    match dice.below(8) {
        0 | 1 => ("1.0:function:string-equal".into(), literal("string", dice.of(STRINGS)), string(dice)),
        2 => ("3.0:function:string-starts-with".into(), literal("string", dice.of(STRINGS)), string(dice)),
        3 => ("1.0:function:string-regexp-match".into(), literal("string", dice.of(REGEXES)), string(dice)),
        4 => {
            let function = ordering(dice, "integer");
            (function, literal("integer", dice.of(INTEGERS)), designator(dice, "i1", "integer"))
        }
        5 => {
            let function = ordering(dice, "double");
            (function, literal("double", dice.of(DOUBLES)), designator(dice, "d1", "double"))
        }
        6 => {
            let function = dice.of(&["3.0:function:ipAddress-match", "3.0:function:ipAddress-endpoint-match"]);
            (function.into(), typed(PATTERN, dice.of(NETWORKS)), designator_of(dice, "ip", ADDRESS))
        }
        _ => {
            let value = dice.of(&["true", "false"]);
            ("1.0:function:boolean-equal".into(), literal("boolean", value), designator(dice, "b1", "boolean"))
        }
    }
}

fn string(dice: &mut Dice) -> String {
    let id = dice.of(&["s1", "s2"]);
    designator(dice, id, "string")
}

fn ordering(dice: &mut Dice, of: &str) -> String {
    let names = ["equal", "greater-than", "greater-than-or-equal", "less-than", "less-than-or-equal"];
    format!("1.0:function:{of}-{}", dice.of(&names))
}

fn boolean(dice: &mut Dice, depth: usize) -> String {
    let kinds = if depth == 0 { 6 } else { 10 };
    match dice.below(kinds) {
        0 | 1 => {
            let (function, constant, attribute) = comparison(dice);
            let kind = attribute.split("AttributeId=\"").nth(1).unwrap_or("").chars().next().unwrap_or('s');
            let attribute = one_and_only(kind, &attribute);
            let swappable = function.contains("integer") || function.contains("double") || function.ends_with("equal");
            if swappable && dice.once_in(2) {
                apply(&function, &[attribute, constant])
            } else {
                apply(&function, &[constant, attribute])
            }
        }
        2 => {
            let (function, constant, attribute) = comparison(dice);
            let which = dice.of(&["3.0:function:any-of", "3.0:function:all-of", "1.0:function:any-of"]);
            let name = format!("<Function FunctionId=\"urn:oasis:names:tc:xacml:{function}\"/>");
            apply(which, &[name, constant, attribute])
        }
        3 => {
            let value = literal("string", dice.of(STRINGS));
            let attribute = string(dice);
            apply("1.0:function:string-is-in", &[value, attribute])
        }
        4 => {
            let values: Vec<String> = (0..dice.below(3)).map(|_| literal("string", dice.of(STRINGS))).collect();
            let bag = apply("1.0:function:string-bag", &values);
            let attribute = string(dice);
            if dice.once_in(2) {
                apply("1.0:function:string-is-in", &[one_and_only('s', &attribute), bag])
            } else {
                apply("1.0:function:string-at-least-one-member-of", &[attribute, bag])
            }
        }
        5 => {
            let (kind, id) = dice.of(&[("string", "s1"), ("string", "s2"), ("integer", "i1")]);
            let attribute = designator(dice, id, kind);
            let size = apply(&format!("1.0:function:{kind}-bag-size"), &[attribute]);
            let (function, number) = (ordering(dice, "integer"), literal("integer", dice.of(INTEGERS)));
            let arguments = if dice.once_in(2) { [size, number] } else { [number, size] };
            apply(&function, &arguments)
        }
        6 => apply("1.0:function:not", &[boolean(dice, depth - 1)]),
        7 => {
            let arguments: Vec<String> = (0..dice.below(3)).map(|_| boolean(dice, depth - 1)).collect();
            apply("1.0:function:or", &arguments)
        }
        _ => {
            let arguments: Vec<String> = (0..=dice.below(3)).map(|_| boolean(dice, depth - 1)).collect();
            apply("1.0:function:and", &arguments)
        }
    }
}

fn one_and_only(kind: char, attribute: &str) -> String {
    let function = match kind {
        'i' if attribute.contains("AttributeId=\"ip\"") => "3.0:function:ipAddress-value-one-and-only",
        'i' => "1.0:function:integer-one-and-only",
        'd' => "1.0:function:double-one-and-only",
        'b' => "1.0:function:boolean-one-and-only",
        _ => "1.0:function:string-one-and-only",
    };
    apply(function, &[attribute.to_owned()])
}

fn apply(function: &str, arguments: &[String]) -> String {
    format!("<Apply FunctionId=\"urn:oasis:names:tc:xacml:{function}\">{}</Apply>", arguments.concat())
}

fn literal(data_type: &str, value: &str) -> String {
    typed(&format!("{XSD}{data_type}"), value)
}

fn typed(data_type: &str, value: &str) -> String {
    format!("<AttributeValue DataType=\"{data_type}\">{value}</AttributeValue>")
}

fn designator(dice: &mut Dice, id: &str, data_type: &str) -> String {
    designator_of(dice, id, &format!("{XSD}{data_type}"))
}

fn designator_of(dice: &mut Dice, id: &str, data_type: &str) -> String {
    let must = dice.once_in(4);
    format!(
        "<AttributeDesignator Category=\"{RESOURCE}\" AttributeId=\"{id}\" DataType=\"{data_type}\" MustBePresent=\"{must}\"/>"
    )
}

/// A request: each attribute absent, single, repeated, of another type, or not of its type.
pub(crate) fn request(dice: &mut Dice) -> String {
    let mut attributes = Vec::new();
    for (id, data_type, values) in [
        ("s1", "string", STRINGS),
        ("s2", "string", STRINGS),
        ("i1", "integer", INTEGERS),
        ("d1", "double", DOUBLES),
        ("b1", "boolean", &["true", "false"]),
        ("ip", ADDRESS, ADDRESSES),
    ] {
        let (count, data_type) = match dice.below(12) {
            0 | 1 => (0, data_type),
            2 => (2, data_type),
            3 => (1, "anyURI"),
            _ => (1, data_type),
        };
        for _ in 0..count {
            let value = if dice.once_in(15) { "?" } else { dice.of(values) };
            attributes.push(format!("{{\"AttributeId\":\"{id}\",\"DataType\":\"{data_type}\",\"Value\":\"{value}\"}}"));
        }
    }
    format!("{{\"Request\":{{\"ReturnPolicyIdList\":true,\"Resource\":{{\"Attribute\":[{}]}}}}}}", attributes.join(","))
}
