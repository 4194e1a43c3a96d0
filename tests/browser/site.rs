//! A static host for the built site, on a loopback port of its own: each one is another origin.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::header::ACCESS_CONTROL_ALLOW_ORIGIN;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn};
use axum::response::{Html, IntoResponse};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

/// How often a slow host looks whether it may answer.
const MOMENT: Duration = Duration::from_millis(20);

/// How a host differs from the plainest one.
#[derive(Default)]
pub(crate) struct Host {
    /// The folder that the site appears in, such as `/courses/aws`; at the root if empty.
    pub folder: &'static str,
    /// Whether every answer carries `Access-Control-Allow-Origin: *`.
    pub cors: bool,
    /// Pages of the host itself: path and HTML.
    pub pages: Vec<(&'static str, String)>,
    /// What stands in the names of files that this host pretends not to have, each of it, until it is mended.
    pub missing: &'static [&'static str],
    /// Whether it keeps the browser waiting for such a file, instead of saying that it has none.
    pub slow: bool,
}

/// A running host. It ends, and no longer answers, when this value goes.
pub(crate) struct Site {
    /// Where the site is, with a slash at the end.
    pub address: String,
    mended: Arc<AtomicBool>,
    stop: Option<oneshot::Sender<()>>,
    worker: Option<thread::JoinHandle<()>>,
}

impl Site {
    /// Serves `dist/` as `host` says.
    pub(crate) fn serve(host: Host) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("a loopback port");
        let address = format!("http://{}{}/", listener.local_addr().unwrap(), host.folder);
        let (stop, stopped) = oneshot::channel::<()>();
        let mended = Arc::new(AtomicBool::new(false));
        let router = router(host, Arc::clone(&mended));
        let worker = thread::spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    served = axum::serve(listener, router) => served.expect("the host serves"),
                    _ = stopped => {}
                }
            });
            // Open connections would be answered for as long as the browser keeps them.
            runtime.shutdown_background();
        });
        Self { address, mended, stop: Some(stop), worker: Some(worker) }
    }

    /// From now on nothing is missing.
    pub(crate) fn mend(&self) {
        self.mended.store(true, Ordering::Relaxed);
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        if let (Some(stop), Some(worker)) = (self.stop.take(), self.worker.take()) {
            let _ = stop.send(());
            let _ = worker.join();
        }
    }
}

fn router(host: Host, mended: Arc<AtomicBool>) -> Router {
    let dist = Path::new(env!("CARGO_MANIFEST_DIR")).join("dist");
    assert!(dist.join("index.html").exists(), "dist/ has no site: run `make dist` first");
    let files = ServeDir::new(dist);
    let mut router = match host.folder {
        "" => Router::new().fallback_service(files),
        folder => Router::new().nest_service(folder, files),
    };
    for (path, html) in host.pages {
        router = router.route(path, get(|| async move { Html(html) }));
    }
    if host.cors {
        let everybody = HeaderValue::from_static("*");
        router = router
            .layer(SetResponseHeaderLayer::overriding(ACCESS_CONTROL_ALLOW_ORIGIN, everybody));
    }
    if host.missing.is_empty() {
        return router;
    }
    router.layer(from_fn(move |request: Request, next: Next| {
        let mended = Arc::clone(&mended);
        async move {
            let is_missing = host.missing.iter().any(|part| request.uri().path().contains(part));
            if is_missing && !mended.load(Ordering::Relaxed) {
                if !host.slow {
                    return StatusCode::NOT_FOUND.into_response();
                }
                while !mended.load(Ordering::Relaxed) {
                    tokio::time::sleep(MOMENT).await;
                }
            }
            next.run(request).await
        }
    }))
}
