//! The data types of core 10.2.7: lexical forms, equality, order and arithmetic.
