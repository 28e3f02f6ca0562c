//! A policy of an organisation that has whoever touches a trap revoked, beside the shipped policies.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;

use crate::program::repository;

/// What is trapped.
pub const TRAPPED: &str = "acme/atlas/evidence/trap";

/// Why, as the policy says it.
pub const REASON: &str = "it went into the trap";

const POLICY: &str = r#"<Policy xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17" PolicyId="urn:example:trap"
    Version="1.0" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides">
  <Target><AnyOf><AllOf><Match MatchId="urn:oasis:names:tc:xacml:1.0:function:string-equal">
    <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">acme/atlas/evidence/trap</AttributeValue>
    <AttributeDesignator Category="urn:oasis:names:tc:xacml:3.0:attribute-category:resource"
        AttributeId="urn:oasis:names:tc:xacml:1.0:resource:resource-id"
        DataType="http://www.w3.org/2001/XMLSchema#string" MustBePresent="false"/>
  </Match></AllOf></AnyOf></Target>
  <Rule RuleId="trap" Effect="Deny"/>
  <ObligationExpressions>
    <ObligationExpression ObligationId="urn:argus:obligation:revoke-key" FulfillOn="Deny">
      <AttributeAssignmentExpression AttributeId="urn:argus:obligation:revoke-key:reason">
        <AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">it went into the trap</AttributeValue>
      </AttributeAssignmentExpression>
    </ObligationExpression>
  </ObligationExpressions>
</Policy>
"#;

/// Makes a folder of policies: those that are shipped, and the trap of `acme`.
pub fn policies_with_trap(folder: &Path) -> Result<PathBuf> {
    let policies = folder.join("policies");
    let own = policies.join("organisations/acme");
    fs::create_dir_all(&own)?;
    for entry in fs::read_dir(repository().join("policies"))? {
        let path = entry?.path();
        if let Some(name) = path.file_name().filter(|_| path.extension().is_some_and(|ending| ending == "xml")) {
            fs::copy(&path, policies.join(name))?;
        }
    }
    fs::write(own.join("trap.xml"), POLICY)?;
    Ok(policies)
}
