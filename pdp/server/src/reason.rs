//! Why a decision is not Permit: the closed list that callers may rely on.

use argus_credentials::Refusal;
use argus_engine::decision::Decision;
use argus_engine::response::Result as DecisionResult;
use argus_engine::value::Value;

use crate::names::REASON;

macro_rules! reasons {
    ($($(#[$doc:meta])* $variant:ident = $text:literal,)*) => {
        /// Why a decision is not Permit. A closed list.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Reason {
            $($(#[$doc])* $variant,)*
        }

        impl Reason {
            /// Every reason.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Its word.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            /// The reason of this word.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

reasons! {
    /// No credential of a subject was presented.
    CredentialMissing = "credential_missing",
    /// The credential is not one of ours, or its secret is wrong, or it is another organisation's.
    CredentialUnknown = "credential_unknown",
    /// The credential, its key or a key above was revoked.
    CredentialRevoked = "credential_revoked",
    /// Its time is over.
    CredentialExpired = "credential_expired",
    /// Its time has not come.
    CredentialNotYetValid = "credential_not_yet_valid",
    /// The credential, its key or a key above is suspended.
    CredentialSuspended = "credential_suspended",
    /// No scope of the key covers the path and the action.
    ScopeMissing = "scope_missing",
    /// A condition on the client's address is not met.
    ConditionIp = "condition_ip",
    /// A condition on the client's country is not met.
    ConditionCountry = "condition_country",
    /// A condition on the time is not met.
    ConditionTime = "condition_time",
    /// A condition on the type of network is not met.
    ConditionNetwork = "condition_network",
    /// A condition on the device is not met.
    ConditionDevice = "condition_device",
    /// Too many requests.
    RateLimited = "rate_limited",
    /// Nothing is left of a quota.
    QuotaExhausted = "quota_exhausted",
    /// The use costs more than a limit ever admits at once: waiting is of no use.
    CostExceedsLimit = "cost_exceeds_limit",
    /// A policy denies, and gives no other reason of this list.
    PolicyDenied = "policy_denied",
    /// The policies could not be evaluated for this request.
    PolicyError = "policy_error",
}

impl Reason {
    /// The reason for a refused credential. A credential that could not be looked at has none.
    pub(crate) fn of_refusal(refusal: Refusal) -> Option<Self> {
        match refusal {
            Refusal::Malformed | Refusal::Forged | Refusal::Unknown | Refusal::WrongSecret => {
                Some(Self::CredentialUnknown)
            }
            Refusal::Revoked => Some(Self::CredentialRevoked),
            Refusal::Suspended => Some(Self::CredentialSuspended),
            Refusal::NotYetValid => Some(Self::CredentialNotYetValid),
            Refusal::Expired => Some(Self::CredentialExpired),
            Refusal::Busy { .. } => None,
        }
    }

    /// The reason for a result: what its advice says, else what can be told from the decision. A Permit has none, nor has
    /// a NotApplicable, which is nobody's doing.
    pub(crate) fn of_result(result: &DecisionResult<'_>) -> Option<Self> {
        match result.decision {
            Decision::Permit | Decision::NotApplicable => None,
            Decision::Indeterminate(_) => Some(Self::PolicyError),
            Decision::Deny => Some(advised(result).unwrap_or(Self::PolicyDenied)),
        }
    }
}

/// The reason that a policy gives, where it is one of the list.
pub(crate) fn advised(result: &DecisionResult<'_>) -> Option<Reason> {
    let assignments = result.advice.iter().filter(|advice| advice.id == REASON).flat_map(|advice| &advice.assignments);
    assignments.filter(|assignment| assignment.id == REASON).find_map(|assignment| match assignment.value {
        Value::String(text) => Reason::parse(text),
        _ => None,
    })
}
