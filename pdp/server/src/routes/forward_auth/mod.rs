//! `/v1/forward-auth`: may a proxy let a request through, as nginx (`auth_request`), Caddy and HAProxy ask it.

pub(super) mod check;
mod read;
