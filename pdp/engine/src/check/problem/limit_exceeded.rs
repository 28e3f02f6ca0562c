//! `limit-exceeded`: a document, a chain of references or a chain of variables beyond its bound.

use crate::check::explain::explanation;
use crate::diagnostic::{Diagnostic, Span};

explanation! {
    "limit-exceeded",
    refuses: "A document with more bytes, nested elements or attributes than a setting allows; references or variables that lead to one another through more steps than a setting allows.",
    because: "Each bound keeps one document from exhausting the server. They are settings, with room for any policy that people write.",
    example: r#"<Policy a0="" a1="" a2="" a3="" a4="" a5="" a6="" a7="" a8="" a9="" b0="" b1="" b2="" b3="" b4="" b5="" b6="" b7="" b8="" b9="" c0="" c1="" c2="" c3="" c4="" c5="" c6="" c7="" c8="" c9="" d0="" d1="" d2="" d3="" d4="" d5="" d6="" d7="" d8="" d9="" e0="" e1="" e2="" e3="" e4="" e5="" e6="" e7="" e8="" e9="" f0="" f1="" f2="" f3="" f4="" f5="" f6="" f7="" f8="" f9="" g0="" g1="" g2="" g3="" g4="" g5="" g6="" g7="" g8="" g9="" h0="" h1="" h2="" h3="" h4="" h5="" h6="" h7="" h8="" h9="" i0="" i1="" i2="" i3="" i4="" i5="" i6="" i7="" i8="" i9="" j0="" j1="" j2="" j3="" j4="" j5="" j6="" j7="" j8="" j9="" k0="" k1="" k2="" k3="" k4="" k5="" k6="" k7="" k8="" k9="" l0="" l1="" l2="" l3="" l4="" l5="" l6="" l7="" l8="" l9="" m0="" m1="" m2="" m3="" m4="" m5="" m6="" m7="" m8="" m9=""/>"#,
    instead: r#"<Policy PolicyId="p" Version="1" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
  <Target/>
</Policy>"#,
}

/// References that lead too deep.
pub(crate) fn references(at: Span, depth: usize, limit: usize) -> Diagnostic {
    let label = format!("{depth} levels, limit {limit}");
    Diagnostic::error(CODE, at, format!("more than {limit} policy references, one within the other"), label)
        .help("bring the policies closer together, or raise the setting `reference_depth`")
}

/// Variables that lead too deep.
pub(crate) fn variables(at: Span, depth: usize, limit: usize) -> Diagnostic {
    let label = format!("{depth} levels, limit {limit}");
    Diagnostic::error(CODE, at, format!("more than {limit} variables, one defined by the other"), label)
        .help("put some of the expressions in place, or raise the setting `variable_depth`")
}
