//! Keys in URLs: they end in logs, histories and referrers, so they are refused where they are seen.

use actix_web::HttpRequest;
use argus_credentials::stands_in_address;
use argus_http::client_address;
use tracing::warn;

use super::call::Call;
use super::problem::Problem;
use crate::pdp::Shared;

/// Refuses a request whose path or query holds a key. The log says that it happened, not what it was.
pub(crate) fn refuse_key(request: &HttpRequest, shared: &Shared, call: &Call) -> Result<(), Problem> {
    let uri = request.uri();
    if !stands_in_address(uri.path(), uri.query()) {
        return Ok(());
    }
    shared.metrics.key_in_url();
    let client = client_address(request, &shared.settings.trusted_proxies).ok().flatten();
    warn!(
        request.id = call.request_id_text(),
        client.address = client.map(tracing::field::display),
        "a key was sent in a URL: it has to be taken for known, revoke it"
    );
    Err(Problem::credential_in_url())
}
