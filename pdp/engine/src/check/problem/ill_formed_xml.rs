//! `ill-formed-xml`: a document that is not well-formed XML.

use crate::check::explain::explanation;

explanation! {
    "ill-formed-xml",
    refuses: "A document that is not well-formed XML, or not XML with namespaces.",
    because: "What is inside or after the fault could be read in more than one way, so nothing else is said of the document.",
    example: "<Policy PolicyId=p></Policy>",
    instead: r#"<Policy PolicyId="p" Version="1" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
  <Target/>
</Policy>"#,
}
