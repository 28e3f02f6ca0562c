//! Pages of lists, with the address of the next one.

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse};
use argus_admin::Listed;
use serde::Serialize;

/// The answer that holds a page. `Link` (RFC 8288) repeats the query with the next cursor.
pub(crate) fn page<T: Serialize>(request: &HttpRequest, listed: &Listed<T>) -> HttpResponse {
    let mut answer = HttpResponse::Ok();
    if let Some(cursor) = &listed.next_cursor {
        let query = request.query_string().split('&');
        let kept = query.filter(|pair| !pair.is_empty() && pair.split('=').next() != Some("cursor"));
        let query: Vec<&str> = kept.collect();
        let separator = if query.is_empty() { "" } else { "&" };
        let next = format!("<{}?{}{separator}cursor={cursor}>; rel=\"next\"", request.path(), query.join("&"));
        answer.insert_header((header::LINK, next));
    }
    answer.json(listed)
}
