//! What a function takes and gives, in words: `(string, string → boolean)`.

use std::fmt;

use super::{Function, Gives, HigherOrder, Parameters, Type};

/// What the function takes and gives, as help and messages show it.
pub fn signature(function: &Function) -> String {
    let takes: Vec<String> = match function.parameters {
        Parameters::Fixed(types) => types.iter().map(Type::to_string).collect(),
        Parameters::Many { first, rest, least } => {
            let fixed = first.iter().chain(std::iter::repeat_n(&rest, least)).map(Type::to_string);
            fixed.chain([format!("{rest}…")]).collect()
        }
        Parameters::HigherOrder(kind) => vec!["function".to_owned(), kind.words().to_owned()],
    };
    let gives = match function.gives {
        Gives::Type(gives) => gives.to_string(),
        Gives::BagOfFunction => "bag".to_owned(),
    };
    format!("({} → {gives})", takes.join(", "))
}

impl HigherOrder {
    fn words(self) -> &'static str {
        match self {
            Self::AnyOf | Self::AllOf | Self::Map => "values and one bag",
            Self::AnyOfAny => "values or bags",
            Self::AllOfAny | Self::AnyOfAll | Self::AllOfAll | Self::AnyOfAnyOld => "bag, bag",
            Self::AnyOfOld | Self::AllOfOld => "value, bag",
            Self::MapOld => "bag",
        }
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(data_type) => f.write_str(data_type.short_name()),
            Self::Bag(data_type) => write!(f, "bag of {}", data_type.short_name()),
        }
    }
}
