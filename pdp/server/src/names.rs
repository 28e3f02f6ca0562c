//! The identifiers that doors, enrichment and the shipped policies share.

/// What only Argus says of a request; see [`may_be_claimed`].
pub(crate) const ARGUS_ATTRIBUTES: &str = "urn:argus:attribute:";

pub(crate) const CREDENTIAL: &str = "urn:argus:attribute:credential";
pub(crate) const CLIENT_CERTIFICATE: &str = "urn:argus:attribute:client-certificate";
pub(crate) const KEY_ID: &str = "urn:argus:attribute:key-id";
pub(crate) const CREDENTIAL_ID: &str = "urn:argus:attribute:credential-id";
pub(crate) const ORGANISATION: &str = "urn:argus:attribute:organisation";
pub(crate) const PROJECT: &str = "urn:argus:attribute:project";
pub(crate) const OWNER: &str = "urn:argus:attribute:owner";
pub(crate) const SCOPE: &str = "urn:argus:attribute:scope";
pub(crate) const AUTHENTICATION_METHOD: &str = "urn:argus:attribute:authentication-method";
pub(crate) const PARENT_KEY_ID: &str = "urn:argus:attribute:parent-key-id";
pub(crate) const RESOURCE_ORGANISATION: &str = "urn:argus:attribute:resource-organisation";
pub(crate) const CLIENT_IP: &str = "urn:argus:attribute:client-ip";
pub(crate) const COUNTRY: &str = "urn:argus:attribute:country";
pub(crate) const ASN: &str = "urn:argus:attribute:asn";
pub(crate) const NETWORK_TYPE: &str = "urn:argus:attribute:network-type";
pub(crate) const DEVICE_COMPLIANT: &str = "urn:argus:attribute:device-compliant";
pub(crate) const USER_AGENT: &str = "urn:argus:attribute:user-agent";

pub(crate) const REASON: &str = "urn:argus:advice:reason";

pub(crate) const REVOKE_KEY: &str = "urn:argus:obligation:revoke-key";
pub(crate) const REVOKE_KEY_REASON: &str = "urn:argus:obligation:revoke-key:reason";
pub(crate) const REVOKE_KEY_KEY: &str = "urn:argus:obligation:revoke-key:key";
pub(crate) const CARRIED_OUT_BY: &str = "urn:argus:attribute:carried-out-by";

pub(crate) const ACCESS_SUBJECT: &str = "urn:oasis:names:tc:xacml:1.0:subject-category:access-subject";
pub(crate) const RESOURCE: &str = "urn:oasis:names:tc:xacml:3.0:attribute-category:resource";
pub(crate) const ACTION: &str = "urn:oasis:names:tc:xacml:3.0:attribute-category:action";
pub(crate) const ENVIRONMENT: &str = "urn:oasis:names:tc:xacml:3.0:attribute-category:environment";

pub(crate) const RESOURCE_ID: &str = "urn:oasis:names:tc:xacml:1.0:resource:resource-id";
pub(crate) const ACTION_ID: &str = "urn:oasis:names:tc:xacml:1.0:action:action-id";

/// The organisation that runs the installation: its keys may reach the others.
pub(crate) const ARGUS: &str = "argus";

/// The condition attributes of one level, in the order of the fields of `Conditions`.
pub(crate) struct ConditionNames {
    pub(crate) network: &'static str,
    pub(crate) country: &'static str,
    pub(crate) window: &'static str,
    pub(crate) network_type: &'static str,
    pub(crate) device: &'static str,
}

macro_rules! condition_names {
    ($level:literal) => {
        ConditionNames {
            network: concat!("urn:argus:attribute:condition:", $level, ":network"),
            country: concat!("urn:argus:attribute:condition:", $level, ":country"),
            window: concat!("urn:argus:attribute:condition:", $level, ":window"),
            network_type: concat!("urn:argus:attribute:condition:", $level, ":network-type"),
            device: concat!("urn:argus:attribute:condition:", $level, ":device"),
        }
    };
}

pub(crate) static KEY_CONDITIONS: ConditionNames = condition_names!("key");
pub(crate) static PROJECT_CONDITIONS: ConditionNames = condition_names!("project");
pub(crate) static ORGANISATION_CONDITIONS: ConditionNames = condition_names!("organisation");

/// Whether an enforcement point may state this attribute itself.
pub(crate) fn may_be_claimed(id: &str) -> bool {
    !id.starts_with(ARGUS_ATTRIBUTES) || matches!(id, CLIENT_IP | NETWORK_TYPE | DEVICE_COMPLIANT | USER_AGENT)
}
