//! The question and the answer of `POST /v1/verify`, as they are described. They are read and written by hand; a test
//! compares.

use utoipa::ToSchema;

/// The use of a key.
#[derive(ToSchema)]
#[schema(as = Question)]
#[expect(dead_code, reason = "described here, read by `decode`")]
pub(in crate::routes) struct QuestionBody {
    /// What was presented: the whole key, or a token of it. Needed unless the context has a certificate.
    credential: Option<String>,
    /// What is to be done with the resource: read, write, delete, execute or admin.
    action: String,
    /// What it is to be done to: `organisation/project/type/id…`.
    resource: String,
    /// What is known of the client.
    context: Option<ContextBody>,
    /// What this use takes from limits; what the organisation's costs, else each limit, say unless set.
    #[schema(minimum = 0)]
    cost: Option<i64>,
    /// For how many seconds `cost` is the most that the use may come to, and what it does is told with `POST /v1/settle`.
    #[schema(minimum = 1, maximum = 3600)]
    reserve_seconds: Option<i64>,
}

/// What is known of a client. What isn't named is unknown, and a rule that asks for it denies.
#[derive(ToSchema)]
#[schema(as = Context)]
#[expect(dead_code, reason = "described here, read by `decode`")]
pub(in crate::routes) struct ContextBody {
    /// Its address; never that of who asks.
    ip: Option<String>,
    /// The type of network that it is in.
    network: Option<String>,
    /// The certificate that the client has shown and proved to be its own, in DER, in base64. With it, `credential` may
    /// be left out.
    client_certificate: Option<String>,
    /// What it calls itself, as in `User-Agent`. Policies read it as `urn:argus:attribute:user-agent`, and the owner of
    /// a key that is rotated is told it of whoever still uses the older secret.
    #[schema(min_length = 1, max_length = 1000)]
    user_agent: Option<String>,
    /// Its device.
    device: Option<DeviceBody>,
}

/// What is known of a device.
#[derive(ToSchema)]
#[schema(as = Device)]
#[expect(dead_code, reason = "described here, read by `decode`")]
pub(in crate::routes) struct DeviceBody {
    /// Whether it is known to comply.
    compliant: Option<bool>,
}

/// What was decided.
#[derive(ToSchema)]
#[schema(as = Decision)]
#[expect(dead_code, reason = "described here, written by `encode`")]
pub(in crate::routes) struct DecisionBody {
    /// Permit or Deny. Whatever is not Permit is Deny.
    decision: String,
    /// Why not, of a closed list; `null` with Permit.
    reason: Option<String>,
    /// The same for people.
    detail: Option<String>,
    /// The id of the decision, as the log has it.
    decision_id: String,
    /// The scope that covers the use.
    matched_scope: Option<String>,
    /// The key that was presented, where it is known.
    key: Option<KeyBody>,
    /// The root that decided.
    policy: PolicyBody,
    /// What the policies advise (JSON Profile 1.1).
    #[schema(value_type = Vec<Object>)]
    advice: Vec<()>,
    /// What has to be done for the decision to hold (JSON Profile 1.1).
    #[schema(value_type = Vec<Object>)]
    obligations: Vec<()>,
    /// How the key's limits stand, and those of the keys above it.
    limits: Vec<LimitBody>,
    /// When a reserved use has to be settled by; missing where nothing is reserved.
    settle_by: Option<String>,
}

/// How a limit stands after the decision.
#[derive(ToSchema)]
#[schema(as = LimitStanding)]
#[expect(dead_code, reason = "described here, written by `encode`")]
pub(in crate::routes) struct LimitBody {
    /// Its name; behind `parent:` that of a limit of the key above.
    name: String,
    /// The most that it allows.
    #[schema(minimum = 0)]
    limit: i64,
    /// What is left of it.
    #[schema(minimum = 0)]
    remaining: i64,
    /// Seconds until all of it is there again.
    #[schema(minimum = 0)]
    reset_seconds: i64,
}

/// A key, as enforcement points know it.
#[derive(ToSchema)]
#[schema(as = KeyNames)]
#[expect(dead_code, reason = "described here, written by `encode`")]
pub(in crate::routes) struct KeyBody {
    /// Its id.
    id: String,
    /// Its name.
    name: String,
}

/// A policy.
#[derive(ToSchema)]
#[schema(as = PolicyNames)]
#[expect(dead_code, reason = "described here, written by `encode`")]
pub(in crate::routes) struct PolicyBody {
    /// Its id.
    id: String,
    /// Its version.
    version: String,
}
