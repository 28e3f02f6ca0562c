//! Bodies as they are described to whoever sends them. The acts read bodies by hand, so that all faults are reported at
//! once; these types say the same in the form that a description is generated from, and a test sends what they allow.

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

/// When a level grants anything at all. What is left out asks for nothing; several rules have all to be met.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = ConditionsAsked)]
#[serde(deny_unknown_fields)]
pub struct Conditions {
    /// Networks that a client may come from: `10.0.0.0/8`, `192.0.2.7`, `[2001:db8::]/32`.
    pub networks: Option<Vec<String>>,
    /// Countries that a client may come from (ISO 3166-1 alpha-2).
    pub countries: Option<Vec<String>>,
    /// Windows of time, such as `Mon-Fri 08:00-18:00 Europe/Berlin`.
    pub windows: Option<Vec<String>>,
    /// Types of network that a client may be in, as enforcement points report them.
    pub network_types: Option<Vec<String>>,
    /// Whether the device has to be known to comply.
    pub device_compliant: Option<bool>,
}

/// How much a key may be used.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// Its name, unlike that of any other limit of the key.
    pub name: String,
    /// How it counts.
    pub strategy: Strategy,
    /// How much is let through in a window.
    #[schema(minimum = 1)]
    pub limit: i64,
    /// How long a window is.
    #[schema(minimum = 1, maximum = 31_622_400)]
    pub window_seconds: i64,
    /// How much a token bucket holds, where that is not `limit`.
    #[schema(minimum = 1)]
    pub burst: Option<i64>,
    /// What a new period of a quota does: `replace` unless set. Quotas of a day, a week, a month or a year can add.
    pub refill: Option<Refill>,
    /// What a use costs where the request doesn't say; 1 unless set.
    #[schema(minimum = 0)]
    pub cost: Option<i64>,
    /// Uses of which actions it counts; of all unless set.
    #[schema(max_items = 32)]
    pub actions: Option<Vec<String>>,
    /// Uses of resources of which types it counts, the third segments of their paths; of all unless set.
    #[schema(max_items = 32)]
    pub resource_types: Option<Vec<String>>,
}

/// A limit that keys are to share: all keys of the organisation, or those of a project or of an owner.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLimit {
    /// The organisation whose keys are to share it.
    pub organisation: String,
    /// The project whose keys are to share it.
    pub project: Option<String>,
    /// The owner whose keys are to share it. A limit is not that of a project as well.
    #[schema(max_length = 200)]
    pub owner: Option<String>,
    /// Its name, unlike that of any other limit of the organisation.
    pub name: String,
    /// How it counts.
    pub strategy: Strategy,
    /// How much is let through in a window.
    #[schema(minimum = 1)]
    pub limit: i64,
    /// How long a window is.
    #[schema(minimum = 1, maximum = 31_622_400)]
    pub window_seconds: i64,
    /// How much a token bucket holds, where that is not `limit`.
    #[schema(minimum = 1)]
    pub burst: Option<i64>,
    /// What a new period of a quota does: `replace` unless set. Quotas of a day, a week, a month or a year can add.
    pub refill: Option<Refill>,
    /// What a use costs that doesn't say, and that no row of the table of costs is of; 1 unless set.
    #[schema(minimum = 0)]
    pub cost: Option<i64>,
    /// Uses of which actions it counts; of all unless set.
    #[schema(max_items = 32)]
    pub actions: Option<Vec<String>>,
    /// Uses of resources of which types it counts, the third segments of their paths; of all unless set.
    #[schema(max_items = 32)]
    pub resource_types: Option<Vec<String>>,
}

/// What is to become of a limit that keys share. What isn't named stays as it is, and whose it is stays as well.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LimitPatch {
    /// Its name.
    pub name: Option<String>,
    /// How it counts.
    pub strategy: Option<Strategy>,
    /// How much is let through in a window.
    #[schema(minimum = 1)]
    pub limit: Option<i64>,
    /// How long a window is.
    #[schema(minimum = 1, maximum = 31_622_400)]
    pub window_seconds: Option<i64>,
    /// How much a token bucket holds.
    #[schema(minimum = 1)]
    pub burst: Option<i64>,
    /// What a new period of a quota does: `replace` unless set. Quotas of a day, a week, a month or a year can add.
    pub refill: Option<Refill>,
    /// What a use costs that doesn't say.
    #[schema(minimum = 0)]
    pub cost: Option<i64>,
    /// Uses of which actions it counts.
    #[schema(max_items = 32)]
    pub actions: Option<Vec<String>>,
    /// Uses of resources of which types it counts.
    #[schema(max_items = 32)]
    pub resource_types: Option<Vec<String>>,
}

/// What uses are to cost that don't say.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CostsPatch {
    /// All rows: they take the place of those before.
    #[schema(max_items = 1_000)]
    pub costs: Option<Vec<Cost>>,
}

/// What a use costs. It names an action, a type of resources, or both.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Cost {
    /// Of which action; of any unless set.
    pub action: Option<String>,
    /// Upon resources of which type, the third segment of their paths; of any unless set.
    pub resource_type: Option<String>,
    /// What it takes from each limit that counts it.
    #[schema(minimum = 0)]
    pub cost: i64,
}

/// How a limit counts.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// Windows that follow each other, aligned to the clock.
    FixedWindow,
    /// Any window of that length.
    SlidingWindow,
    /// A bucket that fills up steadily.
    TokenBucket,
    /// An allowance for a longer time.
    Quota,
}

/// What a new period of a quota does.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Refill {
    /// It replaces what was left: there is the limit, and no more.
    Replace,
    /// It adds the limit to what was left.
    Add,
}

/// What a key may be used on.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Environment {
    /// The real thing.
    Live,
    /// Trials.
    Test,
}

/// An organisation to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewOrganisation {
    /// Its segment in resource paths: 1 to 63 of `a-z 0-9 - _ .`, with a letter or a digit at both ends.
    #[schema(pattern = "^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$")]
    pub name: String,
    /// What people call it.
    #[schema(max_length = 200)]
    pub display_name: Option<String>,
    /// What every key of it has to meet.
    pub conditions: Option<Conditions>,
    /// What it asks of the life of its keys.
    pub policy: Option<Policy>,
    /// Whose days and months its quotas follow: a name of the time zone database; `UTC` unless set.
    pub time_zone: Option<String>,
}

/// A project to be made.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewProject {
    /// The organisation that it belongs to, by its name.
    pub organisation: String,
    /// Its segment in resource paths. `argus` is reserved.
    #[schema(pattern = "^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$")]
    pub name: String,
    /// What every key of it has to meet.
    pub conditions: Option<Conditions>,
}

/// A key to be made, or to be looked at before it is.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewKey {
    /// The organisation that it belongs to, by its name.
    pub organisation: String,
    /// The project that it belongs to; none for a key of the organisation itself.
    pub project: Option<String>,
    /// Its name, unlike that of any other key there that hasn't ended.
    #[schema(pattern = "^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$")]
    pub name: String,
    /// Who answers for it; the owner of the caller's key where nobody is named.
    #[schema(max_length = 200)]
    pub owner: Option<String>,
    /// What it may be used on; `live` unless set.
    pub environment: Option<Environment>,
    /// What it grants: `<path>:<action>`. Never more than the key above it does.
    #[schema(min_items = 1, max_items = 256)]
    pub scopes: Vec<String>,
    /// What it has to meet, besides the conditions of its project and organisation.
    pub conditions: Option<Conditions>,
    /// How much it may be used.
    #[schema(max_items = 32)]
    pub limits: Option<Vec<Limit>>,
    /// Words to find it by.
    #[schema(max_items = 32)]
    pub tags: Option<Vec<String>>,
    /// The key that it is derived from. Who is no owner of the organisation derives from his own key.
    #[schema(format = Uuid)]
    pub parent_key_id: Option<String>,
    /// From when it may be used; at once unless set.
    #[schema(format = DateTime)]
    pub not_before: Option<String>,
    /// When it ends: 90 days from now unless set, and at most 365 without an exception.
    #[schema(format = DateTime)]
    pub expires_at: Option<String>,
    /// The same, counted from now.
    #[schema(minimum = 1)]
    pub expires_in_seconds: Option<i64>,
    /// Why it may live longer than others, or for ever. It is kept with the key.
    #[schema(max_length = 500)]
    pub expiry_exception: Option<String>,
    /// How often it gets a new secret.
    #[schema(minimum = 3_600, maximum = 31_536_000)]
    pub rotation_interval_seconds: Option<i64>,
    /// How long an older secret is good beside a new one.
    #[schema(minimum = 0, maximum = 2_592_000)]
    pub grace_seconds: Option<i64>,
    /// Whether no use of it, or of a key below it, is answered before it stands in the journal of the node that decides: a
    /// crash loses none of them. Each answer then waits for a disk.
    pub durable: Option<bool>,
}

/// What is to become of an organisation. What isn't named stays as it is.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrganisationPatch {
    /// What people call it.
    #[schema(max_length = 200)]
    pub display_name: Option<String>,
    /// What every key of it has to meet.
    pub conditions: Option<Conditions>,
    /// What it asks of the life of its keys.
    pub policy: Option<Policy>,
    /// Whose days and months its quotas follow: a name of the time zone database; `UTC` unless set.
    pub time_zone: Option<String>,
    /// The name of its plan. A lower one breaks nothing that is there: the answer lists what is over it, and until when that
    /// stays as it was.
    #[schema(example = "professional")]
    pub plan: Option<String>,
}

/// What an organisation asks of the life of its keys.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = OrganisationPolicyAsked)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// How old a key may become.
    #[schema(minimum = 3_600, maximum = 315_360_000)]
    pub max_age_seconds: Option<i64>,
    /// How long a key may be unused.
    #[schema(minimum = 3_600, maximum = 315_360_000)]
    pub max_idle_seconds: Option<i64>,
    /// How often a key gets a new secret, where the key doesn't say.
    #[schema(minimum = 3_600, maximum = 31_536_000)]
    pub rotation_interval_seconds: Option<i64>,
    /// How long an older secret is good beside a new one, where the key doesn't say.
    #[schema(minimum = 0, maximum = 2_592_000)]
    pub grace_seconds: Option<i64>,
    /// What is done about anomalies without anybody's asking. Of several that apply, the strongest is done.
    #[schema(max_items = 60)]
    pub responses: Option<Vec<ResponseRule>>,
}

/// What is done about anomalies of one detector, or of all.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = ResponseRuleAsked)]
#[serde(deny_unknown_fields)]
pub struct ResponseRule {
    /// Of this detector; left out: of all.
    #[schema(example = "shared-key")]
    pub detector: Option<String>,
    /// From this severity on: `low`, `medium`, `high` or `critical`.
    #[schema(example = "critical")]
    pub severity: String,
    /// What is done: `notify`, `rotate`, `suspend` or `revoke`.
    #[schema(example = "suspend")]
    pub response: String,
}

/// What is to become of a project. What isn't named stays as it is.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProjectPatch {
    /// What every key of it has to meet.
    pub conditions: Option<Conditions>,
}

/// What is to become of a key. What isn't named stays as it is.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct KeyPatch {
    /// Its name.
    #[schema(pattern = "^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$")]
    pub name: Option<String>,
    /// Who answers for it.
    #[schema(max_length = 200)]
    pub owner: Option<String>,
    /// What it grants: `<path>:<action>`.
    #[schema(min_items = 1, max_items = 256)]
    pub scopes: Option<Vec<String>>,
    /// What it has to meet.
    pub conditions: Option<Conditions>,
    /// How much it may be used.
    #[schema(max_items = 32)]
    pub limits: Option<Vec<Limit>>,
    /// Words to find it by.
    #[schema(max_items = 32)]
    pub tags: Option<Vec<String>>,
    /// When it ends; `null` for never, which needs an exception, as more than 365 days since it was made do.
    #[schema(format = DateTime)]
    pub expires_at: Option<String>,
    /// Why it may live longer than others, or for ever.
    #[schema(max_length = 500)]
    pub expiry_exception: Option<String>,
    /// How often it gets a new secret. The next one is counted from now.
    #[schema(minimum = 3_600, maximum = 31_536_000)]
    pub rotation_interval_seconds: Option<i64>,
    /// How long an older secret is good beside a new one.
    #[schema(minimum = 0, maximum = 2_592_000)]
    pub grace_seconds: Option<i64>,
    /// Whether no use of it, or of a key below it, is answered before it stands in the journal of the node that decides: a
    /// crash loses none of them. Each answer then waits for a disk.
    pub durable: Option<bool>,
}

/// A revocation. Without a body it is one by hand, for no reason that is said.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRevocation {
    /// What makes the key be revoked; `manual` unless set.
    pub cause: Option<Cause>,
    /// Why, in words.
    #[schema(max_length = 500)]
    pub reason: Option<String>,
    /// For how long the answer waits until every decision point refuses the key; 1 unless set.
    #[schema(minimum = 0, maximum = 20)]
    pub wait_seconds: Option<i64>,
}

/// What makes a key be revoked.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Somebody decided so.
    Manual,
    /// A threat was detected.
    Threat,
    /// It was found where it doesn't belong.
    Leak,
}

/// Which keys of an organisation are to be revoked: those that every filter lets through. One filter at least is named.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRevocations {
    /// The organisation, by its name.
    pub organisation: String,
    /// Only keys of this project.
    pub project: Option<String>,
    /// Only keys of this owner.
    pub owner: Option<String>,
    /// Only keys with this tag.
    pub tag: Option<String>,
    /// Only keys made at this time or later.
    #[schema(format = DateTime)]
    pub created_from: Option<String>,
    /// Only keys made before this time.
    #[schema(format = DateTime)]
    pub created_before: Option<String>,
    /// What makes them be revoked; `manual` unless set.
    pub cause: Option<Cause>,
    /// Why, in words.
    #[schema(max_length = 500)]
    pub reason: Option<String>,
    /// Whether to tell which keys it would be, and revoke none.
    pub dry_run: Option<bool>,
    /// For how long the answer waits until every decision point refuses them; 1 unless set.
    #[schema(minimum = 0, maximum = 20)]
    pub wait_seconds: Option<i64>,
}

/// A rotation. Without a body it has the grace of the key, else of its organisation, else a day.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRotation {
    /// How long the older secret is good beside the new one.
    #[schema(minimum = 0, maximum = 2_592_000)]
    pub grace_seconds: Option<i64>,
    /// Whether the older secret ends at once.
    pub emergency: Option<bool>,
    /// Whether the key's holder is to fetch the secret himself. No secret is answered then.
    pub collect: Option<bool>,
}

/// A way to present a key, besides its secret. `kind` says which of the members belong to it.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCredential {
    /// How it is presented.
    pub kind: CredentialKind,
    /// `public_key`: the key (RFC 7517), its public members: RSA of 2048 bits or more, P-256, or Ed25519.
    #[schema(value_type = Option<Object>)]
    pub jwk: Option<serde_json::Value>,
    /// `public_key`: the same in PEM, in the place of `jwk`.
    pub pem: Option<String>,
    /// `public_key`: what tokens call a key in PEM; its thumbprint (RFC 7638) unless set.
    pub kid: Option<String>,
    /// `jwks_url`: where the keys are fetched, over https.
    pub url: Option<String>,
    /// `jwks_url`: what they may sign with, of RS256, ES256 and EdDSA; RS256 unless set.
    pub algorithms: Option<Vec<String>>,
    /// `jwt_subject`: an issuer that is trusted by the settings of the decision points, by its `iss`.
    pub issuer: Option<String>,
    /// `jwt_subject`: the `sub` of its tokens.
    pub subject: Option<String>,
    /// `certificate`: its subject's distinguished name (RFC 4514). A certificate is known by one thing.
    pub subject_dn: Option<String>,
    /// `certificate`: a DNS name among its alternative names.
    pub san_dns: Option<String>,
    /// `certificate`: a URI among them.
    pub san_uri: Option<String>,
    /// `certificate`: an IP address among them.
    pub san_ip: Option<String>,
    /// `certificate`: an e-mail address among them.
    pub san_email: Option<String>,
    /// `certificate`: the SHA-256 of it, in base64url.
    pub thumbprint: Option<String>,
    /// `certificate`: the certificates themselves, each the first of an `x5c` (RFC 7517 §4.7).
    #[schema(value_type = Option<Object>)]
    pub jwks: Option<serde_json::Value>,
    /// From when it may be used; at once unless set.
    #[schema(format = DateTime)]
    pub not_before: Option<String>,
    /// Until when it may be used; as long as its key unless set.
    #[schema(format = DateTime)]
    pub expires_at: Option<String>,
}

/// How a key is presented, besides its secret.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[schema(as = CredentialKindAsked)]
#[serde(rename_all = "snake_case")]
pub enum CredentialKind {
    /// By a JWT that is signed with the other half of a public key.
    PublicKey,
    /// By a JWT that is signed with a key of a set that is fetched.
    JwksUrl,
    /// By a JWT of a trusted issuer about this subject.
    JwtSubject,
    /// By a client certificate.
    Certificate,
}

/// A signed archive.
#[derive(Debug, Clone, ToSchema)]
#[schema(value_type = String, format = Binary)]
pub struct Pack(pub Vec<u8>);

/// A review of what the keys of an organisation grant.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReview {
    /// The organisation, by its name.
    pub organisation: String,
    /// Whether an open review of it gives way. Without it that is refused.
    pub replaces_open: Option<bool>,
}

/// What is said of a key that is looked at, or of the rest.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReviewVerdict {
    /// The key, by its id.
    #[schema(format = Uuid)]
    pub key: Option<String>,
    /// Instead of a key: all of which nothing was said yet. They can be kept alone.
    pub rest: Option<bool>,
    /// `keep`, `narrow` or `revoke`.
    #[schema(examples("keep", "narrow", "revoke"))]
    pub verdict: String,
    /// Why.
    #[schema(max_length = 500)]
    pub reason: String,
}

/// The signature of a review.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewReviewSignature {
    /// What whoever signs has to say.
    #[schema(max_length = 500)]
    pub statement: Option<String>,
}

/// A word on an anomaly that somebody has looked at.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAcknowledgement {
    /// Why it need not be told again.
    #[schema(max_length = 500)]
    pub reason: String,
}

/// An anomaly that is put off.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSnooze {
    /// Until when: a time to come, within 90 days.
    #[schema(format = DateTime)]
    pub until: String,
    /// Why.
    #[schema(max_length = 500)]
    pub reason: Option<String>,
}

/// A word on an anomaly that was in order.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFalseAlarm {
    /// What it was.
    #[schema(max_length = 500)]
    pub reason: Option<String>,
}

/// A suspension or a resumption.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSuspension {
    /// For how long the answer waits until every decision point knows it; 1 unless set.
    #[schema(minimum = 0, maximum = 20)]
    pub wait_seconds: Option<i64>,
}

/// Keys that were found where they don't belong.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLeaks {
    /// The keys, whole: they are the proof.
    #[schema(min_items = 1, max_items = 100)]
    pub keys: Vec<String>,
    /// Where they were found.
    #[schema(max_length = 300)]
    pub source: Option<String>,
    /// For how long the answer waits until every decision point refuses them; 1 unless set.
    #[schema(minimum = 0, maximum = 20)]
    pub wait_seconds: Option<i64>,
}

/// How another signing key is to take over.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewSigningKey {
    /// Sign with it at once, and refuse every token that was signed before.
    pub emergency: Option<bool>,
}

/// Where somebody is to be told of what happens to keys.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewContact {
    /// The organisation whose keys it is told of.
    pub organisation: String,
    /// How it is reached.
    pub kind: ContactKind,
    /// Where: an address of e-mail, or a URL that begins with `https://`.
    #[schema(max_length = 2000)]
    pub address: String,
    /// Whose keys it is told of; all keys of the organisation unless set.
    #[schema(max_length = 200)]
    pub owner: Option<String>,
    /// The types of notices that it is told, such as `key.revoked`; all unless set.
    pub events: Option<Vec<String>>,
}

/// How somebody is reached.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ContactKind {
    /// By e-mail.
    Email,
    /// By signed requests to a program (Standard Webhooks).
    Webhook,
}

/// What is to become of a contact. What isn't named stays as it is.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ContactPatch {
    /// Where: an address of e-mail, or a URL that begins with `https://`, as before. What waits goes there.
    #[schema(max_length = 2000)]
    pub address: Option<String>,
    /// Whose keys it is told of.
    #[schema(max_length = 200)]
    pub owner: Option<String>,
    /// The types of notices that it is told.
    pub events: Option<Vec<String>>,
    /// Whether it is told anything.
    pub state: Option<ContactState>,
}

/// Whether a contact is told anything.
#[derive(Debug, Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ContactState {
    /// It is.
    Active,
    /// It isn't, and what waits for it is given up.
    Disabled,
}

/// Another secret for a webhook.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = ContactRotation)]
#[serde(deny_unknown_fields)]
pub struct NewContactRotation {
    /// How long the secret before signs beside the new one; a day unless set.
    #[schema(minimum = 0, maximum = 2_592_000)]
    pub grace_seconds: Option<i64>,
}

/// Who is to be forgotten.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = Forgetting)]
#[serde(deny_unknown_fields)]
pub struct NewForgetting {
    /// The organisation whose audit speaks of him.
    pub organisation: String,
    /// The owner, as keys name him. He may answer for no key that hasn't ended.
    pub owner: String,
}

/// A person whose data are to be handed out.
#[derive(Debug, Clone, Deserialize, ToSchema)]
#[schema(as = PersonAsked)]
#[serde(deny_unknown_fields)]
pub struct NewPersonExport {
    /// The organisation that keeps them.
    pub organisation: String,
    /// The person, as keys name their owner.
    pub owner: String,
}

/// An entry of the audit. It is hashed and signed as an export has it; here the people in it are named.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct AuditEntry {
    /// Its number, from 1 without a gap.
    pub sequence: i64,
    /// The version of this form.
    pub version: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// What happened, such as `key.revoked`.
    pub event: String,
    /// `done`, or `refused` where whoever asked may not.
    pub outcome: String,
    /// Who: `kind` is `key`, `host`, `argus` or `nobody`; a key comes with its `id`, `path` and `owner`.
    #[schema(value_type = Object)]
    pub actor: Value,
    /// The organisation whose entry it is: `id` and `name`.
    #[schema(value_type = Object)]
    pub organisation: Value,
    /// Which thing: its `kind`, `id` and, where it has one, its readable `path`.
    #[schema(value_type = Object)]
    pub target: Value,
    /// Where the act came from, as the `name` of a `person`.
    #[schema(value_type = Option<Object>)]
    pub source: Option<Value>,
    /// The request that asked for it, or what else led to it.
    pub request_id: String,
    /// The decision that permitted or refused it.
    pub decision_id: Option<String>,
    /// What is another thing now, as it was.
    #[schema(value_type = Option<Object>)]
    pub before: Option<Value>,
    /// The same as it is.
    #[schema(value_type = Option<Object>)]
    pub after: Option<Value>,
    /// How or why.
    #[schema(value_type = Option<Object>)]
    pub details: Option<Value>,
    /// Its hash.
    pub hash: String,
    /// The hash of the entry before it.
    pub previous: String,
}

/// A signed statement of how far the audit had come.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct AuditCheckpoint {
    /// `argus audit checkpoint 1`.
    pub statement: String,
    /// The number of the last entry.
    pub sequence: i64,
    /// Its hash.
    pub hash: String,
    /// When it was signed.
    pub at: DateTime<Utc>,
    /// The key that signed it.
    pub key_id: String,
    /// The Ed25519 signature of the canonical JSON of the other members, in base64url.
    pub signature: String,
}

/// The public keys of the audit.
#[derive(Debug, Clone, Deserialize, ToSchema)]
pub struct AuditKeys {
    /// JWKs of Ed25519 keys (RFC 8037).
    #[schema(value_type = Vec<Object>)]
    pub keys: Vec<Value>,
}
