//! Basic scanning: what is known to be wrong with the packages of an image (facts/ecr §9).
use std::sync::Arc;

use serde_json::{Value, json};

use super::image::{self, Image};
use super::names;
use super::repository::{self, Repository};
use super::{EcrJob, findings};
use crate::cloud::action::Ctx;
use crate::cloud::compute::config::Config;
use crate::cloud::error::ApiError;
use crate::cloud::job::Job;
use crate::cloud::limits;
use crate::cloud::map::Map;
use crate::cloud::params::Params;
use crate::cloud::shape::Shape;
use crate::cloud::story::Tone;
use crate::cloud::table::Id;
use crate::cloud::time::SimTime;

/// The scan of an image.
#[derive(Clone, Debug)]
pub struct Scan {
    /// When it began.
    pub began: SimTime,
    /// When it ended.
    pub ended: Option<SimTime>,
    /// What was found; nothing could be looked for where it is none.
    pub found: Option<&'static [findings::Finding]>,
}

impl Scan {
    /// `imageScanStatus`.
    pub(super) fn status(&self) -> Value {
        match (self.ended, self.found) {
            (None, _) => json!({ "status": "IN_PROGRESS" }),
            (Some(_), Some(_)) => json!({
                "status": "COMPLETE",
                "description": "The scan was completed successfully.",
            }),
            (Some(_), None) => json!({
                "status": "UNSUPPORTED_IMAGE",
                "description": "UnsupportedImageError: The operating system and/or package manager \
                                are not supported.",
            }),
        }
    }

    /// `imageScanFindingsSummary`, once there is one.
    pub(super) fn summary(&self) -> Option<Value> {
        let (ended, found) = (self.ended?, self.found?);
        let mut counts: Map<&str, u32> = Map::new();
        for finding in found {
            counts.add(finding.severity, 1);
        }
        Some(json!({
            "imageScanCompletedAt": ended.seconds(),
            "vulnerabilitySourceUpdatedAt": self.began.seconds(),
            "findingSeverityCounts": Value::from_iter(counts),
        }))
    }
}

/// Begins a scan.
pub(super) fn begin(cx: &mut Ctx<'_>, id: Id<Repository>, digest: &Arc<str>) {
    let began = cx.now;
    repository::edit(cx, id, |row| {
        if let Some(image) = row.images.iter_mut().find(|image| image.digest == *digest) {
            image.scan = Some(Scan { began, ended: None, found: None });
        }
    });
    let job = EcrJob::Scanned { repository: id, digest: Arc::clone(digest) };
    cx.after(limits::SCAN_MS, Job::Ecr(job));
}

/// A scan ends.
pub(super) fn ends(cx: &mut Ctx<'_>, id: Id<Repository>, digest: &Arc<str>) {
    let now = cx.now;
    let Some(row) = cx.account.repositories.edit(id) else { return };
    let name = Arc::clone(&row.name);
    let Some(at) = row.images.iter().position(|image| image.digest == *digest) else { return };
    let config = row.images.get(at).map(|image| Config::read(row.config(image)));
    let found = config.and_then(|config| findings::of(config.base.as_deref().unwrap_or("")));
    let scan = row.images.get_mut(at).and_then(|image| image.scan.as_mut());
    let Some(scan) = scan.filter(|scan| scan.ended.is_none()) else { return };
    scan.ended = Some(now);
    scan.found = found;
    let text = match found {
        Some(found) => format!("scan complete: {} findings", found.len()),
        None => "scan: image not supported".to_owned(),
    };
    let bad = found.is_some_and(|found| found.iter().any(findings::Finding::is_bad));
    cx.tell(if bad { Tone::Failure } else { Tone::Success }, "repository", &name, text);
}

pub(super) fn start(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let id = names::found(cx.account, params)?;
    let image = asked(names::row(cx.account, params)?, params)?;
    let again = |scan: &Scan| cx.now.since(scan.began) < limits::SCAN_AGAIN_MS;
    if image.scan.as_ref().is_some_and(again) {
        let text = "The scan quota per image has been exceeded. Wait and try again.";
        return Err(ApiError::new("LimitExceededException", text));
    }
    let digest = Arc::clone(&image.digest);
    begin(cx, id, &digest);
    let image = asked(names::row(cx.account, params)?, params)?;
    let status = image.scan.as_ref().map(Scan::status);
    Ok(identified(image, params).maybe("imageScanStatus", status).done())
}

pub(super) fn describe(cx: &mut Ctx<'_>, params: Params<'_>) -> Result<Value, ApiError> {
    let row = names::row(cx.account, params)?;
    let image = asked(row, params)?;
    let Some(scan) = &image.scan else {
        let text = format!(
            "Image scan does not exist for the image with '{}' in the repository with name '{}' in \
             the registry with id '{}'",
            image::shown(params.inner("imageId")),
            row.name,
            limits::ACCOUNT
        );
        return Err(ApiError::new("ScanNotFoundException", text));
    };
    let answer = identified(image, params).put("imageScanStatus", scan.status());
    let Some(Value::Object(mut summary)) = scan.summary() else { return Ok(answer.done()) };
    let shown = scan.found.unwrap_or_default().iter().map(findings::Finding::describe).collect();
    let page = names::page(params, "findings", shown)?.done();
    let findings = page.get("findings").cloned().unwrap_or_default();
    summary.insert("findings".into(), findings);
    let more = page.get("nextToken").cloned();
    Ok(answer.put("imageScanFindings", summary).maybe("nextToken", more).done())
}

fn asked<'a>(row: &'a Repository, params: Params<'_>) -> Result<&'a Image, ApiError> {
    let id = params.inner("imageId");
    let found = image::find(row, id).ok().and_then(|at| row.images.get(at));
    found.ok_or_else(|| image::missing(id, &row.name))
}

fn identified(image: &Image, params: Params<'_>) -> Shape {
    let tag = params.inner("imageId").str("imageTag");
    names::about(params.required("repositoryName")).put("imageId", image.id(tag))
}
