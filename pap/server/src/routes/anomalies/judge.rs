//! `POST /v1/anomalies/{anomaly}/acknowledge`, `…/snooze` and `…/false`

use actix_web::{HttpResponse, web};
use argus_admin::{AnomalyView, schema};

use crate::Problem;
use crate::asked::Asked;
use crate::body::JsonBody;

/// Say that somebody has looked: while it goes on, it is not told again.
#[utoipa::path(
    post, path = "/v1/anomalies/{anomaly}/acknowledge", tag = "anomalies",
    params(("anomaly" = String, Path, description = "Its id.", format = Uuid)),
    request_body(content = schema::NewAcknowledgement, example = json!({"reason": "our load test"})),
    responses((status = 200, description = "It is acknowledged.", body = AnomalyView)),
    extensions(("x-problems" = json!(["not-permitted", "wrong-state"])))
)]
pub(crate) async fn acknowledge_anomaly(asked: Asked<(web::Path<String>, JsonBody)>) -> Result<HttpResponse, Problem> {
    let (id, body) = asked.input;
    Ok(HttpResponse::Ok().json(asked.admin.acknowledge_anomaly(&asked.call, &id, body.0).await?))
}

/// Say that it is not to be told again before a time.
#[utoipa::path(
    post, path = "/v1/anomalies/{anomaly}/snooze", tag = "anomalies",
    params(("anomaly" = String, Path, description = "Its id.", format = Uuid)),
    request_body(content = schema::NewSnooze, example = json!({"until": "2027-01-16T08:00:00Z"})),
    responses((status = 200, description = "It is snoozed.", body = AnomalyView)),
    extensions(("x-problems" = json!(["not-permitted", "wrong-state"])))
)]
pub(crate) async fn snooze_anomaly(asked: Asked<(web::Path<String>, JsonBody)>) -> Result<HttpResponse, Problem> {
    let (id, body) = asked.input;
    Ok(HttpResponse::Ok().json(asked.admin.snooze_anomaly(&asked.call, &id, body.0).await?))
}

/// Say that it was in order: the key's baseline learns it.
#[utoipa::path(
    post, path = "/v1/anomalies/{anomaly}/false", tag = "anomalies",
    params(("anomaly" = String, Path, description = "Its id.", format = Uuid)),
    request_body(content = Option<schema::NewFalseAlarm>, example = json!({"reason": "a new fleet"})),
    responses((status = 200, description = "It is marked false.", body = AnomalyView)),
    extensions(("x-problems" = json!(["not-permitted"])))
)]
pub(crate) async fn mark_anomaly_false(asked: Asked<(web::Path<String>, JsonBody)>) -> Result<HttpResponse, Problem> {
    let (id, body) = asked.input;
    Ok(HttpResponse::Ok().json(asked.admin.mark_anomaly_false(&asked.call, &id, body.0).await?))
}
