//! From checked policies to the form that evaluation runs over.
