//! The columns of a table as data, drawn from [`schema`](crate::schema): what is added there is moved, too.

use diesel::expression::Expression;
use diesel::query_source::Column as DieselColumn;
use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text, Timestamp};

/// What stands in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    BigInt,
    Integer,
    Bool,
    Timestamp,
}

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) name: &'static str,
    pub(super) kind: Kind,
    pub(super) is_nullable: bool,
}

/// A type of SQL as a [`Kind`].
pub(super) trait SqlKind {
    const KIND: Kind;
    const IS_NULLABLE: bool = false;
}

macro_rules! kinds {
    ($($name:ident),*) => {
        $(impl SqlKind for $name {
            const KIND: Kind = Kind::$name;
        })*
    };
}
kinds!(Text, BigInt, Integer, Bool, Timestamp);

impl<T: SqlKind + diesel::sql_types::SqlType> SqlKind for Nullable<T> {
    const KIND: Kind = T::KIND;
    const IS_NULLABLE: bool = true;
}

/// All columns of a table.
pub(super) trait Columns {
    fn describe() -> Vec<Column>;
}

fn describe<C: DieselColumn + Expression<SqlType: SqlKind>>() -> Column {
    Column { name: C::NAME, kind: <C::SqlType as SqlKind>::KIND, is_nullable: <C::SqlType as SqlKind>::IS_NULLABLE }
}

/// Tuples of columns, as long as tables are wide.
macro_rules! columns {
    ($first:ident) => {};
    ($first:ident $($rest:ident)+) => {
        impl<$first, $($rest),+> Columns for ($first, $($rest),+)
        where
            $first: DieselColumn + Expression<SqlType: SqlKind>,
            $($rest: DieselColumn + Expression<SqlType: SqlKind>),+
        {
            fn describe() -> Vec<Column> {
                vec![describe::<$first>(), $(describe::<$rest>()),+]
            }
        }
        columns!($($rest)+);
    };
}
columns!(A B C D E F G H I J K L M N O P Q R S T U V W X Y Z A1 B1 C1 D1 E1 F1);
