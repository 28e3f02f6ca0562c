//! `GET /v1/usage`

use actix_web::http::header::ContentType;
use actix_web::{HttpRequest, HttpResponse};
use argus_admin::{Listed, UsageFormat, UsageView};

use crate::Problem;
use crate::asked::Asked;
use crate::negotiation::{CSV, USAGE, wished};
use crate::page::{page, page_as};
use crate::query::Pairs;

/// List what keys were used for, oldest first: decisions by what they came to, how long they took, how many different
/// addresses and resources.
///
/// A decision is counted within two seconds. A line is a minute, an hour or a day (UTC), or a group in it; those in
/// which nothing was decided are left out. The answer is CSV where `Accept` prefers `text/csv`, or `format` says so.
#[utoipa::path(
    get, path = "/v1/usage", tag = "usage",
    params(
        ("organisation" = Option<String>, Query,
            description = "The organisation; that of the caller's key unless named, and all for a key of `argus`."),
        ("key" = Option<String>, Query, description = "Only this key, by its id."),
        ("granularity" = Option<String>, Query, description = "`minute`, `hour` (unless told) or `day`."),
        ("group_by" = Option<String>, Query, description = "Divide lines by `key`, `project`, `owner`, `organisation`, \
            `reason`, `country`, `network` (the number of the autonomous system) or `action`; or by one of the first \
            four and one of the others at once, such as `key,country`."),
        ("from" = Option<String>, Query, description = "Only from this time on; unless told an hour, a day or 30 days \
            before `before`, as `granularity` is."),
        ("before" = Option<String>, Query, description = "Only up to this time; now unless told."),
        ("format" = Option<String>, Query, description = "`json` or `csv`.")
    ),
    responses((
        status = 200, description = "A page.",
        content((Listed<UsageView> = "application/json"), (String = "text/csv"))
    )),
    extensions(("x-problems" = json!(["not-permitted"])))
)]
pub(crate) async fn list_usage(request: HttpRequest, asked: Asked<Pairs>) -> Result<HttpResponse, Problem> {
    let (listed, format) = asked.admin.list_usage(&asked.call, asked.input.0).await?;
    let is_csv = format.map_or_else(|| wishes_csv(&request), |format| format == UsageFormat::Csv);
    if !is_csv {
        return page(&request, &listed);
    }
    let csv = listed.items.iter().map(UsageView::to_csv).fold(UsageView::CSV_HEAD.to_owned(), |all, line| all + &line);
    let media = "text/csv; charset=utf-8".parse().map_err(|_| Problem::internal())?;
    page_as(&request, csv, ContentType(media), listed.next_cursor.as_deref())
}

/// Whether CSV is liked better than JSON.
fn wishes_csv(request: &HttpRequest) -> bool {
    wished(request, USAGE) == Some(CSV)
}
