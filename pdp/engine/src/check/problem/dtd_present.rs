//! `dtd-present`: a document with a DTD.

use crate::check::explain::explanation;

explanation! {
    "dtd-present",
    refuses: "A document with a document type declaration.",
    because: "A DTD can define entities that grow without bound or read other files. No policy needs one.",
    example: r#"<!DOCTYPE Policy [<!ENTITY who "alice">]>
<Policy/>"#,
    instead: r#"<Policy PolicyId="p" Version="1" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
  <Target/>
</Policy>"#,
}
