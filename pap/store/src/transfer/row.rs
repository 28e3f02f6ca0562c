//! A row as a line of text, and as values that a database takes.

use std::fmt::Write as _;

use chrono::NaiveDateTime;
use serde_json::{Map, Value};

use super::columns::{Column, Kind};
use super::tables::Table;
use crate::value::column as to_microseconds;

/// How a time stands in a line.
const TIME: &str = "%Y-%m-%dT%H:%M:%S%.6fZ";

/// How the databases write it, inside JSON.
const TIMES_OF_DATABASES: [&str; 2] = ["%Y-%m-%d %H:%M:%S%.f", "%Y-%m-%dT%H:%M:%S%.f"];

/// What stands in one column of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Cell {
    Text(Option<String>),
    BigInt(Option<i64>),
    Integer(Option<i32>),
    Bool(Option<bool>),
    Timestamp(Option<NaiveDateTime>),
}

impl Cell {
    /// Reads what a database made of a column, as JSON.
    pub(super) fn of_database(column: Column, value: Value) -> Result<Self, String> {
        let value = match (column.kind, value) {
            // SQLite has no other.
            (Kind::Bool, Value::Number(number)) if matches!(number.as_i64(), Some(0 | 1)) => {
                Value::Bool(number.as_i64() == Some(1))
            }
            (_, value) => value,
        };
        Self::read(column, value, &TIMES_OF_DATABASES)
    }

    /// Reads what stands in a line.
    fn of_line(column: Column, value: Value) -> Result<Self, String> {
        Self::read(column, value, &[TIME])
    }

    fn read(column: Column, value: Value, times: &[&str]) -> Result<Self, String> {
        let read = match (column.kind, value) {
            (_, Value::Null) if column.is_nullable => Some(Self::absent(column.kind)),
            (Kind::Text, Value::String(text)) => Some(Self::Text(Some(text))),
            (Kind::Bool, Value::Bool(flag)) => Some(Self::Bool(Some(flag))),
            (Kind::BigInt, Value::Number(number)) => number.as_i64().map(|number| Self::BigInt(Some(number))),
            (Kind::Integer, Value::Number(number)) => {
                number.as_i64().and_then(|number| i32::try_from(number).ok()).map(|number| Self::Integer(Some(number)))
            }
            (Kind::Timestamp, Value::String(text)) => times
                .iter()
                .find_map(|form| NaiveDateTime::parse_from_str(&text, form).ok())
                .map(|at| Self::Timestamp(Some(to_microseconds(at.and_utc())))),
            _ => None,
        };
        read.ok_or_else(|| format!("`{}` is not what that column holds", column.name))
    }

    const fn absent(kind: Kind) -> Self {
        match kind {
            Kind::Text => Self::Text(None),
            Kind::BigInt => Self::BigInt(None),
            Kind::Integer => Self::Integer(None),
            Kind::Bool => Self::Bool(None),
            Kind::Timestamp => Self::Timestamp(None),
        }
    }

    fn to_json(&self) -> Value {
        match self {
            Self::Text(text) => text.clone().into(),
            Self::BigInt(number) => (*number).into(),
            Self::Integer(number) => (*number).into(),
            Self::Bool(flag) => (*flag).into(),
            Self::Timestamp(at) => at.map(|at| at.format(TIME).to_string()).into(),
        }
    }
}

/// A row as a line, without the line feed.
pub(super) fn to_line(table: &Table, row: &[Cell]) -> String {
    let mut line = format!("{{\"{}\":{{", table.name);
    for (n, (column, cell)) in table.columns.iter().zip(row).enumerate() {
        let comma = if n == 0 { "" } else { "," };
        // A text takes whatever is written to it.
        let _ = write!(line, "{comma}\"{}\":{}", column.name, cell.to_json());
    }
    line.push_str("}}");
    line
}

/// The row of a line.
pub(super) fn of_line(table: &Table, line: &str) -> Result<Vec<Cell>, String> {
    let mut members: Map<String, Value> = serde_json::from_str(line).map_err(|error| error.to_string())?;
    let Some(Value::Object(mut values)) = members.remove(table.name).filter(|_| members.is_empty()) else {
        return Err(format!("it is no row of `{}`", table.name));
    };
    let cell = |column: &Column| {
        let value = values.remove(column.name).ok_or_else(|| format!("`{}` is missing", column.name))?;
        Cell::of_line(*column, value)
    };
    let row = table.columns.iter().map(cell).collect::<Result<_, _>>()?;
    match values.keys().next() {
        Some(unknown) => Err(format!("there is no column `{}`", unknown.escape_debug())),
        None => Ok(row),
    }
}
