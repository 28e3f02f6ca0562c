//! GET /

use actix_web::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use argus_http::negotiate;

use crate::http::call::Call;
use crate::http::problem::Problem;
use crate::http::url;
use crate::pdp::Shared;

const XML: &str = concat!(
    r#"<?xml version="1.0" encoding="UTF-8"?>"#,
    "\n",
    r#"<resources xmlns="http://ietf.org/ns/home-documents" xmlns:atom="http://www.w3.org/2005/Atom">"#,
    r#"<resource rel="http://docs.oasis-open.org/ns/xacml/relation/pdp"><atom:link href="/pdp"/></resource>"#,
    "</resources>\n",
);

const JSON: &str =
    concat!(r#"{"resources":{"http://docs.oasis-open.org/ns/xacml/relation/pdp":{"href":"/pdp"}}}"#, "\n");

const OFFERS: &[&str] =
    &["application/xml", "application/home+xml", "text/xml", "application/json-home", "application/json"];

/// Show the home document of XACML's REST profile, which names the address that decides.
#[utoipa::path(
    get, path = "/", tag = "description", security(()),
    responses((status = 200, description = "The home document.", content(
        (String = "application/xml"), (Object = "application/json-home"), (Object = "application/json")
    ))),
    extensions(("x-problems" = json!(["not-acceptable", "credential-in-url"])))
)]
pub(in crate::routes) async fn show_home(request: HttpRequest, shared: Data<Shared>) -> HttpResponse {
    let call = Call::begin(&request);
    let shown = url::refuse_key(&request, &shared, &call).and_then(|()| show(&request));
    shown.unwrap_or_else(|problem| problem.into_response(&call))
}

fn show(request: &HttpRequest) -> Result<HttpResponse, Problem> {
    let accept = request.headers().get_all(ACCEPT).filter_map(|value| value.to_str().ok());
    let media = negotiate(&accept.collect::<Vec<_>>().into_iter(), OFFERS);
    let media = media.ok_or_else(|| Problem::not_acceptable(&OFFERS.join(", ")))?;
    let text = if media.ends_with("xml") { XML } else { JSON };
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, HeaderValue::from_static(media)))
        .insert_header((CACHE_CONTROL, HeaderValue::from_static("no-store")))
        .body(text))
}
