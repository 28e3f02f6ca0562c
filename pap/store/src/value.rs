//! How values that the databases have no common type for stand in a column: words and lists as text, times to the microsecond.

use chrono::{DateTime, NaiveDateTime, SubsecRound, Utc};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow, FromStaticSqlRow, Queryable};
use diesel::expression::AsExpression;
use diesel::sql_types::{Nullable, Text, Timestamp};

/// A text that is none of the words, or not of the form, that its place allows.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no {what}")]
pub struct UnknownValue {
    /// What was expected, such as `key id`.
    pub what: &'static str,
    /// What was found.
    pub text: String,
}

/// Writes a type into a text column of either database, as the text that the expression makes of it.
macro_rules! text_out {
    ($name:ty, $value:ident => $text:expr) => {
        impl diesel::serialize::ToSql<diesel::sql_types::Text, diesel::sqlite::Sqlite> for $name {
            fn to_sql<'b>(
                &'b self,
                out: &mut diesel::serialize::Output<'b, '_, diesel::sqlite::Sqlite>,
            ) -> diesel::serialize::Result {
                let $value = self;
                out.set_value($text);
                Ok(diesel::serialize::IsNull::No)
            }
        }

        impl diesel::serialize::ToSql<diesel::sql_types::Text, diesel::pg::Pg> for $name {
            fn to_sql<'b>(
                &'b self,
                out: &mut diesel::serialize::Output<'b, '_, diesel::pg::Pg>,
            ) -> diesel::serialize::Result {
                let $value = self;
                std::io::Write::write_all(out, $text.as_bytes())?;
                Ok(diesel::serialize::IsNull::No)
            }
        }
    };
}
pub(crate) use text_out;

/// Keeps a type that is `Display` and `FromStr` in a text column.
macro_rules! text_sql {
    ($name:ty) => {
        $crate::value::text_out!($name, value => value.to_string());

        impl<DB> diesel::deserialize::FromSql<diesel::sql_types::Text, DB> for $name
        where
            DB: diesel::backend::Backend,
            String: diesel::deserialize::FromSql<diesel::sql_types::Text, DB>,
        {
            fn from_sql(value: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                let text = <String as diesel::deserialize::FromSql<diesel::sql_types::Text, DB>>::from_sql(value)?;
                Ok(text.parse()?)
            }
        }
    };
}
pub(crate) use text_sql;

/// An enum of words, the same in code, columns and JSON.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident, $what:literal, { $($(#[$doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
        #[diesel(sql_type = diesel::sql_types::Text)]
        #[serde(rename_all = "snake_case")]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// All words, for whoever describes where they stand.
            pub const WORDS: &'static [&'static str] = &[$($word),+];

            /// The word as it stands in columns and JSON.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::UnknownValue;

            fn from_str(text: &str) -> Result<Self, $crate::UnknownValue> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err($crate::UnknownValue { what: $what, text: text.to_owned() }),
                }
            }
        }

        $crate::value::text_sql!($name);
    };
}
pub(crate) use words;

/// Puts a new value in the place of an old one, where there is one.
pub(crate) fn set<T: Clone>(value: &mut T, new: Option<&T>) {
    if let Some(new) = new {
        value.clone_from(new);
    }
}

/// A time as it goes into a column. Anything finer than a microsecond is cut off, as PostgreSQL would.
pub(crate) fn column(at: DateTime<Utc>) -> NaiveDateTime {
    at.naive_utc().trunc_subsecs(6)
}

/// A time as it comes out of a column.
#[derive(Debug)]
pub struct At(NaiveDateTime);

impl From<At> for DateTime<Utc> {
    fn from(At(at): At) -> Self {
        at.and_utc()
    }
}

impl<DB: Backend> Queryable<Timestamp, DB> for At
where
    NaiveDateTime: FromStaticSqlRow<Timestamp, DB>,
{
    type Row = NaiveDateTime;

    fn build(row: Self::Row) -> deserialize::Result<Self> {
        Ok(Self(row))
    }
}

/// A time that may be absent, as it comes out of a column.
#[derive(Debug)]
pub struct MaybeAt(Option<NaiveDateTime>);

impl From<MaybeAt> for Option<DateTime<Utc>> {
    fn from(MaybeAt(at): MaybeAt) -> Self {
        at.map(|at| at.and_utc())
    }
}

impl<DB: Backend> Queryable<Nullable<Timestamp>, DB> for MaybeAt
where
    Option<NaiveDateTime>: FromStaticSqlRow<Nullable<Timestamp>, DB>,
{
    type Row = Option<NaiveDateTime>;

    fn build(row: Self::Row) -> deserialize::Result<Self> {
        Ok(Self(row))
    }
}

/// A list of texts in a column, as a JSON array.
#[derive(Debug, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct Texts(pub(crate) Vec<String>);

impl From<Texts> for Vec<String> {
    fn from(Texts(texts): Texts) -> Self {
        texts
    }
}

text_out!(Texts, texts => serde_json::to_string(&texts.0)?);

impl<DB: Backend> FromSql<Text, DB> for Texts
where
    String: FromSql<Text, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(serde_json::from_str(&String::from_sql(value)?)?))
    }
}
