//! A request whose caller is known, and then, no earlier, what he sent.

use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{Error, FromRequest, HttpMessage as _, HttpRequest, web};
use argus_admin::{Admin, Call};
use argus_http::Trace;

use crate::Problem;
use crate::client::client;
use crate::envelope::RequestId;

/// A request for an act. `input` isn't looked at before the caller is known.
pub(crate) struct Asked<T = ()> {
    pub(crate) admin: web::Data<Admin>,
    pub(crate) call: Call,
    pub(crate) input: T,
}

impl<T: FromRequest + 'static> FromRequest for Asked<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let admin = web::Data::<Admin>::extract(&request).await?;
            let known = request.extensions().get::<Call>().cloned();
            let call = match known {
                Some(call) => call,
                None => authenticate(&admin, &request).await?,
            };
            let act = trace(&request).step("act");
            // It ends with the request.
            request.extensions_mut().insert(act);
            let input = T::from_request(&request, &mut payload).await.map_err(Into::into)?;
            Ok(Self { admin, call, input })
        })
    }
}

/// The trace that a request is part of.
fn trace(request: &HttpRequest) -> Trace {
    request.extensions().get::<Trace>().cloned().unwrap_or_default()
}

/// Who asks.
pub(crate) async fn authenticate(admin: &Admin, request: &HttpRequest) -> Result<Call, Problem> {
    // Octets outside ASCII are in no key: what stands for them is refused like any other wrong one.
    let values = request.headers().get_all(header::AUTHORIZATION).map(|value| value.to_str().unwrap_or("Bearer ?"));
    let authorization: Vec<&str> = values.collect();
    let client = client(request)?;
    let id = RequestId::of(request);
    let _step = trace(request).step("authenticate");
    Ok(admin.authenticate(&authorization, client.certificate.as_ref(), client.address, id).await?)
}
