//! XPath 1.0 and 2.0 over the `Content` of a request (core 5.30, A.3.15).
