//! The paths, each with its methods.

mod anomalies;
mod audit;
mod compliance;
mod contacts;
mod decisions;
mod deliveries;
mod health;
mod keys;
mod leaks;
mod limits;
mod metrics;
mod nodes;
mod oauth;
mod openapi;
mod organisations;
mod outbox;
mod people;
mod plans;
mod projects;
mod reviews;
mod risks;
mod signing_keys;
mod usage;

use actix_web::HttpResponse;

use crate::Problem;
use crate::doors::doors;
pub(crate) use oauth::metadata::mount_with_path as mount_metadata_with_path;

// `/v1/keys/{key}` would take `preview` for an id: what is longer known stands first.
doors! {
    get "/healthz" => health::show_health;
    get "/metrics" => metrics::show_metrics;
    get "/openapi.json" => openapi::show_openapi;
    get "/v1/organisations" => organisations::list::list_organisations;
    post "/v1/organisations" => organisations::create::create_organisation;
    get "/v1/organisations/{organisation}" => organisations::show::show_organisation;
    patch "/v1/organisations/{organisation}" => organisations::change::update_organisation;
    get "/v1/organisations/{organisation}/costs" => limits::costs::show_costs;
    patch "/v1/organisations/{organisation}/costs" => limits::costs::update_costs;
    get "/v1/organisations/{organisation}/plan" => organisations::plan::show_organisation_plan;
    get "/v1/plans" => plans::list::list_plans;
    get "/v1/plans/{plan}" => plans::show::show_plan;
    get "/v1/projects" => projects::list::list_projects;
    post "/v1/projects" => projects::create::create_project;
    get "/v1/projects/{project}" => projects::show::show_project;
    patch "/v1/projects/{project}" => projects::change::update_project;
    get "/v1/limits" => limits::list::list_limits;
    post "/v1/limits" => limits::create::create_limit;
    get "/v1/limits/{limit}" => limits::list::show_limit;
    patch "/v1/limits/{limit}" => limits::change::update_limit;
    post "/v1/limits/{limit}/remove" => limits::remove::remove_limit;
    get "/v1/keys" => keys::list::list_keys;
    post "/v1/keys" => keys::create::create_key;
    post "/v1/keys/preview" => keys::preview::preview_key;
    post "/v1/keys/revoke" => keys::revoke_many::revoke_keys;
    get "/v1/keys/{key}" => keys::show::show_key;
    patch "/v1/keys/{key}" => keys::change::update_key;
    post "/v1/keys/{key}/revoke" => keys::revoke::revoke_key;
    post "/v1/keys/{key}/rotate" => keys::rotate::rotate_key;
    post "/v1/keys/{key}/suspend" => keys::suspend::suspend_key;
    post "/v1/keys/{key}/resume" => keys::suspend::resume_key;
    get "/v1/keys/{key}/advice" => keys::advise::advise_key;
    get "/v1/keys/{key}/credentials" => keys::credentials::list_credentials;
    post "/v1/keys/{key}/credentials" => keys::credentials::create_credential;
    get "/v1/keys/{key}/credentials/{credential}" => keys::credentials::show_credential;
    post "/v1/keys/{key}/credentials/{credential}/revoke" => keys::credentials::revoke_credential;
    post "/v1/keys/{key}/credentials/{credential}/collect" => keys::rotate::collect_credential;
    get "/v1/nodes" => nodes::list_nodes;
    get "/v1/audit" => audit::list::list_audit;
    get "/v1/audit/export" => audit::export::export_audit;
    get "/v1/audit/checkpoints" => audit::checkpoints::list_audit_checkpoints;
    get "/v1/audit/keys" => audit::keys::show_audit_keys;
    post "/v1/audit/forget" => audit::forget::forget_person;
    get "/v1/audit/{sequence}" => audit::show::show_audit_entry;
    get "/v1/compliance/fips" => compliance::show_fips;
    get "/v1/compliance/breach/{key}" => compliance::show_breach;
    get "/v1/compliance/{framework}" => compliance::show_compliance;
    post "/v1/people/export" => people::export_person;
    post "/v1/leaks" => leaks::report_leaks;
    get "/v1/outbox" => outbox::list_notices;
    get "/v1/contacts" => contacts::list::list_contacts;
    post "/v1/contacts" => contacts::create::create_contact;
    get "/v1/contacts/{contact}" => contacts::list::show_contact;
    patch "/v1/contacts/{contact}" => contacts::change::update_contact;
    post "/v1/contacts/{contact}/rotate" => contacts::rotate::rotate_contact;
    post "/v1/contacts/{contact}/test" => contacts::test::test_contact;
    post "/v1/contacts/{contact}/remove" => contacts::remove::remove_contact;
    get "/v1/deliveries" => deliveries::list_deliveries;
    get "/v1/deliveries/{delivery}" => deliveries::show_delivery;
    post "/v1/deliveries/{delivery}/replay" => deliveries::replay_delivery;
    get "/v1/decisions" => decisions::list::list_decisions;
    get "/v1/decisions/{decision}" => decisions::show::show_decision;
    get "/v1/decisions/{decision}/replay" => decisions::replay::replay_decision;
    get "/v1/anomalies" => anomalies::list::list_anomalies;
    get "/v1/anomalies/{anomaly}" => anomalies::list::show_anomaly;
    post "/v1/anomalies/{anomaly}/acknowledge" => anomalies::judge::acknowledge_anomaly;
    post "/v1/anomalies/{anomaly}/snooze" => anomalies::judge::snooze_anomaly;
    post "/v1/anomalies/{anomaly}/false" => anomalies::judge::mark_anomaly_false;
    get "/v1/reviews" => reviews::list::list_reviews;
    post "/v1/reviews" => reviews::start::start_review;
    get "/v1/reviews/{review}" => reviews::list::show_review;
    get "/v1/reviews/{review}/keys" => reviews::list::list_review_keys;
    post "/v1/reviews/{review}/decide" => reviews::decide::decide_review;
    post "/v1/reviews/{review}/sign" => reviews::sign::sign_review;
    get "/v1/risks" => risks::show_risks;
    get "/v1/usage" => usage::list_usage;
    get "/v1/signing-keys" => signing_keys::list::list_signing_keys;
    post "/v1/signing-keys/rotate" => signing_keys::rotate::rotate_signing_key;
    post "/oauth/token" => oauth::token::issue_token;
    post "/oauth/introspect" => oauth::introspect::introspect_token;
    post "/oauth/revoke" => oauth::revoke::revoke_token;
    get "/.well-known/jwks.json" => oauth::keys::show_key_set;
    get "/.well-known/oauth-authorization-server" => oauth::metadata::show_metadata;
}

/// What answers every other path.
pub(crate) async fn no_such_path() -> Result<HttpResponse, Problem> {
    Err(Problem::no_such_path())
}
