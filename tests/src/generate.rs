//! Random policies as XACML text and random requests as JSON text, from one seed.
//!
//! Expressions are built from the registry by type: for a value of a type, a literal, an attribute, or any function
//! that gives the type, with arguments built the same way. So a new row of the registry is tested as soon as it stands
//! there. The vocabulary is small, so that policies and requests meet often, and full of what is awkward: absent and
//! repeated attributes, issuers, values of another type, values outside their lexical space, time zones, NaN.

use std::fmt::Write;

use argus_engine::combining::{ALGORITHMS, Combines, Method};
use argus_engine::functions::{FUNCTIONS, Function, Gives, HigherOrder, Level, Parameters, Type};
use argus_engine::value::DataType;

const CORE: &str = "urn:oasis:names:tc:xacml:3.0:core:schema:wd-17";
const RESOURCE: &str = "urn:oasis:names:tc:xacml:3.0:attribute-category:resource";
const SUBJECT: &str = "urn:oasis:names:tc:xacml:1.0:subject-category:access-subject";
const ENVIRONMENT: &str = "urn:oasis:names:tc:xacml:3.0:attribute-category:environment";

/// The types that the oracle knows, the name of the attribute that has it, and values of it.
#[rustfmt::skip]
const TYPES: &[(DataType, &str, &[&str])] = &[
    (DataType::String, "s", &["a", "ab", "abc", "b", "Ba", "", " b ", "1", "-1.5", "true", "P1D", "10.0.0.1", "2026-03-01", "ü"]),
    (DataType::Boolean, "b", &["true", "false", "1", "0", " true "]),
    (DataType::Integer, "i", &["-1", "0", "1", "2", "3", "+7", "-007", "99999999999999999999", "-9223372036854775808"]),
    (DataType::Double, "d", &["-1.5", "0", "-0", "2.5", "3.5", "1e3", "INF", "-INF", "NaN", "1.7976931348623157E308"]),
    (DataType::Time, "t", &["09:00:00", "09:00:00Z", "10:00:00+01:00", "23:30:00", "23:30:00.5-05:00", "24:00:00", "00:00:00Z"]),
    (DataType::Date, "y", &["2026-03-01", "2026-02-28Z", "2024-02-29", "2026-03-01+14:00", "2026-02-28-10:00", "1999-12-31"]),
    (DataType::DateTime, "m", &["2026-03-01T00:00:00", "2026-02-28T24:00:00Z", "2024-02-29T12:30:15.25+01:00", "2024-01-31T23:59:59Z", "1999-12-31T23:00:00-05:00"]),
    (DataType::DayTimeDuration, "e", &["P1D", "-P1D", "PT24H", "PT1H30M", "PT0.5S", "PT0S", "P3DT4H5M6.7S"]),
    (DataType::YearMonthDuration, "f", &["P1Y", "P12M", "-P1M", "P0M", "P1Y2M"]),
    (DataType::AnyUri, "u", &["urn:a", "urn:A", "http://a/b?c", "", "a"]),
    (DataType::HexBinary, "x", &["", "0a", "0A", "FF00"]),
    (DataType::Base64Binary, "z", &["", "AA==", "YWJj", "YWI="]),
    (DataType::Rfc822Name, "r", &["a@b.c", "A@b.c", "a@B.C", "a@x.b.c"]),
    (DataType::IpAddressValue, "p", &["10.0.0.1", "10.1.2.3", "10.1.2.3:80", "192.168.0.7", "[2001:db8::1]", "[2001:db8::1]:443"]),
    (DataType::IpAddressPattern, "q", &["10.0.0.0/8", "10.1.0.0/16:80", "[2001:db8::]/32", "0.0.0.0/0", "10.1.2.3", "10.1.2.3:1-90", "[2001:db8::]/32:443-"]),
    (DataType::X500Name, "n", &["CN=Alice,O=Acme", "cn = alice , o=ACME", "2.5.4.3=Alice,O=Acme", "O=Acme", "CN=A+O=B,C=DE", "O=b+CN=a,C=de", "CN=Al  ice,O=Acme"]),
    (DataType::DnsNameValue, "h", &["example.com", "EXAMPLE.com", "www.example.com:443", "a.b.example.com", "example.org:80"]),
    (DataType::DnsNamePattern, "g", &["example.com", "*.example.com", "*.Example.com:443", "example.org:1-100", "*.com:-443"]),
    (DataType::IpAddress, "k", &["10.0.0.1", "10.0.0.0/255.0.0.0", "10.0.0.1:80", "[2001:db8::1]/[ffff::]:1-", "10.0.0.1:"]),
    (DataType::DnsName, "l", &["example.com", "*.example.com:80-", "Example.com"]),
];

const PATTERNS: &[&str] = &["^a", "^ab$", "b", "a$", "^a[bc]", "^(a|b)$", "^[^a]*$", "\\d", "a.c", "(ab|b)+c?", ""];
const MAIL_PATTERNS: &[&str] = &["a@b.c", "b.c", ".b.c", "B.C", "A@B.C", "x.b.c"];

/// Paths of selectors: into documents without a namespace and with one, and some that select no nodes at all.
#[rustfmt::skip]
const PATHS: &[&str] = &[
    "/r/a", "r/a", "/p:r/p:a", "//b", "//p:b", "//c", "/r/a[2]", "/r/*[last()]", "/p:r/*[last()]", "/r/a/text()",
    "/p:r/p:a/text()", "/r/@n", "//@n", "//a[@n='1']", "//c/..", ".", "/r/missing", "count(//a)", "'a'", "1 = 1", "//a[",
];

/// A small generator of numbers: the same seed gives the same policy on every machine.
#[derive(Debug)]
pub struct Dice(u64);

impl Dice {
    /// Dice that fall as the seed says.
    pub fn new(seed: u64) -> Self {
        Self(seed ^ 0xA076_1D64_78BD_642F)
    }

    fn roll(&mut self) -> u64 {
        // splitmix64
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// A number below this one.
    pub fn below(&mut self, sides: usize) -> usize {
        usize::try_from(self.roll() % sides as u64).unwrap()
    }

    /// One of these.
    pub fn of<T: Copy>(&mut self, table: &[T]) -> T {
        table[self.below(table.len())]
    }

    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }
}

/// Writes one document.
struct Author<'d> {
    dice: &'d mut Dice,
    /// Counts policies, rules and obligations.
    count: usize,
    /// The variables of the policy at hand that are already defined.
    variables: Vec<Type>,
}

/// A policy or policy set.
pub fn policy(dice: &mut Dice) -> String {
    let mut author = Author { dice, count: 0, variables: Vec::new() };
    let body = if author.dice.once_in(3) { author.policy() } else { author.policy_set(2) };
    let (tag, rest) = body.split_once(' ').unwrap();
    format!("{tag} xmlns=\"{CORE}\" xmlns:p=\"urn:n\" {rest}")
}

impl Author<'_> {
    fn number(&mut self) -> usize {
        self.count += 1;
        self.count
    }

    fn algorithm(&mut self, combines: Combines) -> (&'static str, Method) {
        let fitting: Vec<_> = ALGORITHMS.iter().filter(|algorithm| algorithm.combines == combines).collect();
        let algorithm = self.dice.of(&fitting);
        (algorithm.id, algorithm.method)
    }

    fn policy_set(&mut self, depth: usize) -> String {
        let id = self.number();
        let (algorithm, method) = self.algorithm(Combines::Policies);
        let count = match method {
            Method::OnPermitApplySecond if !self.dice.once_in(8) => 2 + self.dice.below(2),
            _ => self.dice.below(5),
        };
        let target = self.target(3);
        let children: String = (0..count)
            .map(|_| if depth > 0 && self.dice.once_in(3) { self.policy_set(depth - 1) } else { self.policy() })
            .collect();
        let duties = self.duties();
        format!(
            "<PolicySet PolicySetId=\"s{id}\" Version=\"1.{id}\" PolicyCombiningAlgId=\"{algorithm}\">\
             {target}{children}{duties}</PolicySet>"
        )
    }

    fn policy(&mut self) -> String {
        let id = self.number();
        let (algorithm, _) = self.algorithm(Combines::Rules);
        let target = self.target(2);
        let mut body = String::new();
        self.variables.clear();
        for place in 0..self.dice.below(3) {
            let gives = self.any_type();
            let expression = self.expression(gives, 2);
            write!(body, "<VariableDefinition VariableId=\"v{place}\">{expression}</VariableDefinition>").unwrap();
            self.variables.push(gives);
        }
        for _ in 0..self.dice.below(4) {
            body += &self.rule();
        }
        let duties = self.duties();
        self.variables.clear();
        format!(
            "<Policy PolicyId=\"p{id}\" Version=\"{id}\" RuleCombiningAlgId=\"{algorithm}\">{target}{body}{duties}</Policy>"
        )
    }

    fn rule(&mut self) -> String {
        let id = self.number();
        let effect = self.dice.of(&["Permit", "Deny"]);
        let target = if self.dice.once_in(2) { self.target(2) } else { String::new() };
        let condition = if self.dice.once_in(4) {
            String::new()
        } else {
            format!("<Condition>{}</Condition>", self.expression(Type::One(DataType::Boolean), 3))
        };
        let duties = self.duties();
        format!("<Rule RuleId=\"r{id}\" Effect=\"{effect}\">{target}{condition}{duties}</Rule>")
    }

    fn duties(&mut self) -> String {
        let mut text = String::new();
        for (name, id, on) in [("Obligation", "ObligationId", "FulfillOn"), ("Advice", "AdviceId", "AppliesTo")] {
            if !self.dice.once_in(4) {
                continue;
            }
            write!(text, "<{name}Expressions>").unwrap();
            for _ in 0..=self.dice.below(2) {
                let (number, effect) = (self.number(), self.dice.of(&["Permit", "Deny"]));
                write!(text, "<{name}Expression {id}=\"o{number}\" {on}=\"{effect}\">").unwrap();
                for place in 0..self.dice.below(3) {
                    let gives = self.any_type();
                    let expression = self.expression(gives, 1);
                    let about = self.dice.of(&["", " Category=\"urn:c\"", " Issuer=\"i\""]);
                    write!(
                        text,
                        "<AttributeAssignmentExpression AttributeId=\"a{place}\"{about}>{expression}\
                         </AttributeAssignmentExpression>"
                    )
                    .unwrap();
                }
                write!(text, "</{name}Expression>").unwrap();
            }
            write!(text, "</{name}Expressions>").unwrap();
        }
        text
    }

    fn target(&mut self, said_once_in: usize) -> String {
        if !self.dice.once_in(said_once_in) {
            return "<Target/>".to_owned();
        }
        // Many alternatives of few conditions each: a target that never matches tests little.
        let mut text = "<Target>".to_owned();
        for _ in 0..=usize::from(self.dice.once_in(3)) {
            text += "<AnyOf>";
            for _ in 0..=self.dice.below(3) {
                text += "<AllOf>";
                for _ in 0..=usize::from(self.dice.once_in(3)) {
                    text += &self.one_match();
                }
                text += "</AllOf>";
            }
            text += "</AnyOf>";
        }
        text + "</Target>"
    }

    /// Any function of two single values that gives a boolean.
    fn one_match(&mut self) -> String {
        let fitting: Vec<&Function> = known_functions()
            .filter(|function| function.gives == Gives::Type(Type::One(DataType::Boolean)))
            .filter(|function| matches!(function.parameters, Parameters::Fixed([Type::One(_), Type::One(_)])))
            .collect();
        let function = self.dice.of(&fitting);
        let Parameters::Fixed([Type::One(first), Type::One(second)]) = function.parameters else { unreachable!() };
        let literal = match patterns(function) {
            Some(patterns) => literal(*first, self.dice.of(patterns)),
            None => self.literal(*first),
        };
        format!("<Match MatchId=\"{}\">{literal}{}</Match>", function.id, self.designator(*second))
    }

    fn any_type(&mut self) -> Type {
        let (data_type, ..) = self.dice.of(TYPES);
        if self.dice.once_in(3) { Type::Bag(data_type) } else { Type::One(data_type) }
    }

    fn expression(&mut self, gives: Type, depth: usize) -> String {
        if self.dice.once_in(6) {
            let fitting: Vec<usize> =
                (0..self.variables.len()).filter(|place| self.variables[*place] == gives).collect();
            if !fitting.is_empty() {
                return format!("<VariableReference VariableId=\"v{}\"/>", self.dice.of(&fitting));
            }
        }
        if depth > 0 && !self.dice.once_in(4) {
            return self.application(gives, depth);
        }
        match gives {
            Type::One(data_type) if self.dice.once_in(2) => self.literal(data_type),
            Type::One(data_type) => self.one_and_only(data_type),
            Type::Bag(data_type) => self.designator(data_type),
        }
    }

    fn one_and_only(&mut self, data_type: DataType) -> String {
        let fitting: Vec<&Function> = known_functions()
            .filter(|function| function.short_name().ends_with("-one-and-only"))
            .filter(|function| function.gives == Gives::Type(Type::One(data_type)))
            .collect();
        let function = self.dice.of(&fitting);
        apply(function.id, &self.designator(data_type))
    }

    /// A function that gives the type, with arguments.
    fn application(&mut self, gives: Type, depth: usize) -> String {
        let fitting: Vec<&Function> = known_functions().filter(|function| can_give(function, gives)).collect();
        // Bags have few functions of their own, and every type has; logical ones should come up more often.
        let function = if gives == Type::One(DataType::Boolean) && self.dice.once_in(3) {
            let logical: Vec<&Function> = fitting.iter().copied().filter(|one| one.section == "A.3.5").collect();
            self.dice.of(&logical)
        } else {
            self.dice.of(&fitting)
        };
        let arguments = match function.parameters {
            Parameters::Fixed(types) => match patterns(function) {
                Some(patterns) => {
                    let Type::One(second) = types[1] else { unreachable!() };
                    let pattern = if self.dice.once_in(4) {
                        self.one_and_only(DataType::String)
                    } else {
                        literal(DataType::String, self.dice.of(patterns))
                    };
                    pattern + &self.expression(Type::One(second), depth - 1)
                }
                None => types.iter().map(|one| self.expression(*one, depth - 1)).collect(),
            },
            Parameters::Many { first, rest, least } => {
                let more = std::iter::repeat_n(rest, least + self.dice.below(3));
                first.iter().copied().chain(more).map(|one| self.expression(one, depth - 1)).collect()
            }
            Parameters::HigherOrder(kind) => self.higher_order(kind, gives, depth),
        };
        apply(function.id, &arguments)
    }

    /// The `Function` and the other arguments of a higher-order function.
    fn higher_order(&mut self, kind: HigherOrder, gives: Type, depth: usize) -> String {
        let wanted = match (kind, gives) {
            (HigherOrder::Map | HigherOrder::MapOld, Type::Bag(data_type)) => data_type,
            _ => DataType::Boolean,
        };
        let parameters = match kind {
            HigherOrder::MapOld => 1..=1,
            HigherOrder::AnyOf | HigherOrder::AllOf | HigherOrder::AnyOfAny | HigherOrder::Map => 1..=3,
            _ => 2..=2,
        };
        let fitting: Vec<(&Function, Vec<DataType>)> = known_functions()
            .filter(|function| function.gives == Gives::Type(Type::One(wanted)) && patterns(function).is_none())
            .filter_map(|function| Some((function, single_parameters(function)?)))
            .filter(|(_, types)| parameters.contains(&types.len()))
            .collect();
        if fitting.is_empty() {
            // Nothing maps to this type: the caller asked `can_give`.
            unreachable!("no function for {kind:?} gives {gives:?}");
        }
        let (function, types) = &fitting[self.dice.below(fitting.len())];
        let bags: Vec<bool> = match kind {
            HigherOrder::AnyOf | HigherOrder::AllOf | HigherOrder::Map => {
                let bag = self.dice.below(types.len());
                (0..types.len()).map(|place| place == bag).collect()
            }
            HigherOrder::AnyOfAny => types.iter().map(|_| !self.dice.once_in(3)).collect(),
            HigherOrder::AnyOfOld | HigherOrder::AllOfOld => vec![false, true],
            _ => vec![true; types.len()],
        };
        let mut text = format!("<Function FunctionId=\"{}\"/>", function.id);
        for (data_type, is_bag) in types.clone().into_iter().zip(bags) {
            let gives = if is_bag { Type::Bag(data_type) } else { Type::One(data_type) };
            text += &self.expression(gives, depth - 1);
        }
        text
    }

    fn literal(&mut self, data_type: DataType) -> String {
        literal(data_type, self.dice.of(values(data_type).1))
    }

    /// A designator, now and then a selector.
    fn designator(&mut self, data_type: DataType) -> String {
        let must = self.dice.once_in(4);
        if self.dice.once_in(8) {
            let (category, path) = (self.dice.of(&[RESOURCE, SUBJECT]), self.dice.of(PATHS));
            return format!(
                "<AttributeSelector Category=\"{category}\" Path=\"{path}\" DataType=\"{}\" MustBePresent=\"{must}\"/>",
                data_type.uri()
            );
        }
        let clock = match data_type {
            DataType::Time => Some("time"),
            DataType::Date => Some("date"),
            DataType::DateTime => Some("dateTime"),
            _ => None,
        };
        let (category, id) = match clock {
            Some(name) if self.dice.once_in(2) => {
                (ENVIRONMENT, format!("urn:oasis:names:tc:xacml:1.0:environment:current-{name}"))
            }
            _ => (self.dice.of(&[RESOURCE, SUBJECT]), values(data_type).0.to_owned()),
        };
        let issuer = if self.dice.once_in(12) { " Issuer=\"i\"" } else { "" };
        format!(
            "<AttributeDesignator Category=\"{category}\" AttributeId=\"{id}\" DataType=\"{}\" \
             MustBePresent=\"{must}\"{issuer}/>",
            data_type.uri()
        )
    }
}

/// The functions that the oracle knows too.
fn known_functions() -> impl Iterator<Item = &'static Function> {
    FUNCTIONS.iter().filter(|function| {
        let of_known_types = match function.parameters {
            Parameters::Fixed(types) => types.iter().copied().all(is_known),
            Parameters::Many { first, rest, .. } => first.iter().copied().all(is_known) && is_known(rest),
            Parameters::HigherOrder(_) => true,
        };
        let gives_known = match function.gives {
            Gives::Type(gives) => is_known(gives),
            Gives::BagOfFunction => true,
        };
        let name = function.short_name();
        let left_out = name.starts_with("xpath-") || name == "access-permitted" || name.starts_with("uri-string-");
        of_known_types && gives_known && !left_out && function.level != Level::Argus
    })
}

fn is_known(one: Type) -> bool {
    let (Type::One(data_type) | Type::Bag(data_type)) = one;
    TYPES.iter().any(|(known, ..)| *known == data_type)
}

fn can_give(function: &Function, wanted: Type) -> bool {
    match function.gives {
        Gives::Type(gives) => gives == wanted,
        // Nothing gives a pattern but its own bag functions.
        Gives::BagOfFunction => matches!(wanted, Type::Bag(data_type) if mappable(data_type)),
    }
}

fn mappable(data_type: DataType) -> bool {
    let one_argument = |function: &Function| single_parameters(function).is_some_and(|types| types.len() == 1);
    known_functions().any(|function| function.gives == Gives::Type(Type::One(data_type)) && one_argument(function))
}

/// The parameters, where all are single values.
fn single_parameters(function: &Function) -> Option<Vec<DataType>> {
    let single = |one: &Type| match one {
        Type::One(data_type) => Some(*data_type),
        Type::Bag(_) => None,
    };
    match function.parameters {
        Parameters::Fixed(types) => types.iter().map(single).collect(),
        Parameters::Many { first, rest, least } => {
            first.iter().chain(std::iter::repeat_n(&rest, least)).map(single).collect()
        }
        Parameters::HigherOrder(_) => None,
    }
}

/// What a function takes for its first argument, where not every string will do.
fn patterns(function: &Function) -> Option<&'static [&'static str]> {
    match function.short_name() {
        "rfc822Name-match" => Some(MAIL_PATTERNS),
        name if name.ends_with("-regexp-match") => Some(PATTERNS),
        _ => None,
    }
}

fn values(data_type: DataType) -> (&'static str, &'static [&'static str]) {
    let (_, id, values) = TYPES.iter().find(|(known, ..)| *known == data_type).unwrap();
    (id, values)
}

fn literal(data_type: DataType, text: &str) -> String {
    format!("<AttributeValue DataType=\"{}\">{text}</AttributeValue>", data_type.uri())
}

fn apply(function: &str, arguments: &str) -> String {
    format!("<Apply FunctionId=\"{function}\">{arguments}</Apply>")
}

/// A request: each attribute absent, single, repeated, of another type, of an issuer, or not of its type.
pub fn request(dice: &mut Dice) -> String {
    let (resource, subject, content) = (attributes(dice), attributes(dice), content(dice));
    let mut environment = Vec::new();
    for (name, data_type) in [("time", DataType::Time), ("date", DataType::Date), ("dateTime", DataType::DateTime)] {
        if dice.once_in(4) {
            let id = format!("urn:oasis:names:tc:xacml:1.0:environment:current-{name}");
            environment.push(attribute(dice, &id, data_type, data_type));
        }
    }
    format!(
        "{{\"Request\":{{\"ReturnPolicyIdList\":true,\
         \"Resource\":{{{content}\"Attribute\":[{resource}]}},\
         \"AccessSubject\":{{\"Attribute\":[{subject}]}},\
         \"Environment\":{{\"Attribute\":[{}]}}}}}}",
        environment.join(",")
    )
}

/// A small document, in half of the requests.
fn content(dice: &mut Dice) -> String {
    if dice.once_in(2) {
        return String::new();
    }
    let namespace = dice.of(&["", " xmlns='urn:n'"]);
    let mut text = format!("<r{namespace}{}>", number(dice));
    for _ in 0..dice.below(4) {
        let (_, _, values) = dice.of(TYPES);
        let (name, value) = (dice.of(&["a", "b"]), dice.of(values));
        let inner = if dice.once_in(3) { format!("<c{}>{}</c>", number(dice), dice.of(values)) } else { String::new() };
        text += &format!("<{name}{}>{value}{inner}</{name}>", number(dice));
    }
    format!("\"Content\":\"{text}</r>\",")
}

fn number(dice: &mut Dice) -> String {
    if dice.once_in(3) { format!(" n='{}'", dice.below(3)) } else { String::new() }
}

fn attributes(dice: &mut Dice) -> String {
    let mut all = Vec::new();
    for (data_type, id, _) in TYPES {
        let (count, carried) = match dice.below(10) {
            0 | 1 => (0, *data_type),
            2 => (2, *data_type),
            3 => (1, DataType::AnyUri),
            _ => (1, *data_type),
        };
        for _ in 0..count {
            all.push(attribute(dice, id, *data_type, carried));
        }
    }
    all.join(",")
}

fn attribute(dice: &mut Dice, id: &str, data_type: DataType, carried: DataType) -> String {
    let value = if dice.once_in(20) { "?" } else { dice.of(values(data_type).1) };
    let issuer = if dice.once_in(8) { ",\"Issuer\":\"i\"" } else { "" };
    format!("{{\"AttributeId\":\"{id}\",\"DataType\":\"{}\",\"Value\":\"{value}\"{issuer}}}", carried.uri())
}
