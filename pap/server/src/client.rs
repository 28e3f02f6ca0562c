//! Who is at the other end, by the proxies that this server trusts.

use actix_web::{HttpRequest, web};
use argus_credentials::TrustedProxies;
use argus_http::{Client, ClientFault};

/// Who sent a request.
pub(crate) fn client(request: &HttpRequest) -> Result<Client, ClientFault> {
    match request.app_data::<web::Data<TrustedProxies>>() {
        Some(trusted) => argus_http::client(request, trusted),
        None => argus_http::client(request, &TrustedProxies::default()),
    }
}
