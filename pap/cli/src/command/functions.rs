//! `argus functions [WORD]`: the registry of functions, as it is.

use std::fmt::Write as _;

use argus_engine::functions::{FUNCTIONS, Function, Gives, HigherOrder, Level, Parameters, Type};
use clap::Args;
use serde_json::{Value, json};

use crate::console::{Console, Output};
use crate::exit::Exit;
use crate::failure::Failure;

/// List the functions that policies may use: identifier, signature, level and section of the standard.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  argus functions string-equal")]
pub(crate) struct Functions {
    /// Only the functions whose identifier contains this.
    word: Option<String>,
}

impl Functions {
    pub(super) fn run(self, console: &Console) -> Result<Exit, Failure> {
        let output = console.output(&[Output::Human, Output::Json])?;
        let word = self.word.unwrap_or_default();
        let listed: Vec<&Function> = FUNCTIONS.iter().filter(|function| function.id.contains(&word)).collect();
        if output == Output::Json {
            let items: Vec<Value> = listed.iter().map(|function| as_json(function)).collect();
            console.print_json(&json!({ "items": items, "next_cursor": null }))?;
        } else {
            console.print(as_table(&listed))?;
        }
        Ok(if listed.is_empty() { Exit::No } else { Exit::Done })
    }
}

fn as_json(function: &Function) -> Value {
    json!({
        "id": function.id,
        "takes": takes(&function.parameters),
        "gives": gives(function.gives),
        "level": level(function.level),
        "section": function.section,
    })
}

fn as_table(functions: &[&Function]) -> String {
    let rows: Vec<[String; 4]> = functions
        .iter()
        .map(|function| {
            let signature = format!("({}) → {}", takes(&function.parameters).join(", "), gives(function.gives));
            [function.id.to_owned(), signature, level(function.level).to_owned(), function.section.to_owned()]
        })
        .collect();
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let (id_width, signature_width) = (width(0).unwrap_or(0), width(1).unwrap_or(0));
    let mut table = String::new();
    for [id, signature, level, section] in &rows {
        // A string takes whatever is written to it.
        let _ = writeln!(table, "{id:id_width$}  {signature:signature_width$}  {level:10}  {section}");
    }
    table
}

fn takes(parameters: &Parameters) -> Vec<String> {
    match parameters {
        Parameters::Fixed(types) => types.iter().copied().map(type_name).collect(),
        Parameters::Many { first, rest, least } => {
            let mut takes: Vec<String> = first.iter().copied().map(type_name).collect();
            takes.extend(std::iter::repeat_n(type_name(*rest), *least));
            takes.push(format!("{}…", type_name(*rest)));
            takes
        }
        Parameters::HigherOrder(kind) => higher_order(*kind).iter().map(|&word| word.to_owned()).collect(),
    }
}

/// The arguments of a higher-order function (A.3.12). `values…` are any number of single values.
fn higher_order(kind: HigherOrder) -> &'static [&'static str] {
    match kind {
        HigherOrder::AnyOf | HigherOrder::AllOf | HigherOrder::Map => &["function", "values…", "one bag"],
        HigherOrder::AnyOfAny => &["function", "values or bags…"],
        HigherOrder::AllOfAny | HigherOrder::AnyOfAll | HigherOrder::AllOfAll | HigherOrder::AnyOfAnyOld => {
            &["function", "bag", "bag"]
        }
        HigherOrder::AnyOfOld | HigherOrder::AllOfOld => &["function", "value", "bag"],
        HigherOrder::MapOld => &["function", "bag"],
    }
}

fn gives(gives: Gives) -> String {
    match gives {
        Gives::Type(given) => type_name(given),
        Gives::BagOfFunction => "bag of what the function gives".to_owned(),
    }
}

fn type_name(given: Type) -> String {
    match given {
        Type::One(data_type) => data_type.short_name().to_owned(),
        Type::Bag(data_type) => format!("bag of {}", data_type.short_name()),
    }
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Mandatory => "mandatory",
        Level::Optional => "optional",
        Level::Deprecated => "deprecated",
        Level::Profile => "profile",
        Level::Argus => "argus",
    }
}
