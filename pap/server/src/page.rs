//! Pages of lists, with the address of the next one.

use actix_web::http::header::{self, ContentType};
use actix_web::{HttpRequest, HttpResponse};
use argus_admin::Listed;
use serde::Serialize;

use crate::{Problem, etag};

/// The answer that holds a page. `Link` (RFC 8288) repeats the query with the next cursor.
pub(crate) fn page<T: Serialize>(request: &HttpRequest, listed: &Listed<T>) -> Result<HttpResponse, Problem> {
    page_of(request, listed, listed.next_cursor.as_deref())
}

/// The same of a page that has more members than its items.
pub(crate) fn page_of(
    request: &HttpRequest,
    page: &impl Serialize,
    next_cursor: Option<&str>,
) -> Result<HttpResponse, Problem> {
    let body = serde_json::to_string(page).map_err(|_| Problem::internal())?;
    page_as(request, body, ContentType::json(), next_cursor)
}

/// The same of a page that is written already, in whatever form.
pub(crate) fn page_as(
    request: &HttpRequest,
    body: String,
    form: ContentType,
    next_cursor: Option<&str>,
) -> Result<HttpResponse, Problem> {
    let mut answer = etag::shown(request, None, body, form)?;
    if let Some(cursor) = next_cursor
        && let Ok(next) = header::HeaderValue::from_str(&next(request, cursor))
    {
        answer.headers_mut().insert(header::LINK, next);
    }
    Ok(answer)
}

fn next(request: &HttpRequest, cursor: &str) -> String {
    let query = request.query_string().split('&');
    let kept = query.filter(|pair| !pair.is_empty() && pair.split('=').next() != Some("cursor"));
    let query: Vec<&str> = kept.collect();
    let separator = if query.is_empty() { "" } else { "&" };
    format!("<{}?{}{separator}cursor={cursor}>; rel=\"next\"", request.path(), query.join("&"))
}
