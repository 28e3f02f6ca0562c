//! `unsupported-encoding`: a document that is not UTF-8.

use crate::check::explain::explanation;

explanation! {
    "unsupported-encoding",
    refuses: "A document that is not UTF-8, or says that it is something else.",
    because: "The same bytes mean other characters in another encoding, and a policy compares characters.",
    example: r#"<?xml version="1.0" encoding="ISO-8859-1"?>
<Policy/>"#,
    instead: r#"<?xml version="1.0" encoding="UTF-8"?>
<Policy xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17" PolicyId="p" Version="1" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
  <Target/>
</Policy>"#,
}
