//! Repositories and images by the API: layers, manifests, tags and digests, immutability, scans.

use drydock::cloud::base64;
use drydock::cloud::bill::Cost;
use drydock::cloud::rows::Kind;
use drydock::cloud::sha256;
use serde_json::{Value, json};

use crate::ecs_start::{REGISTRY, pushed};
use crate::lab::{Lab, rows_conform, text};

const MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";

/// An account with the repository `web`.
pub(crate) fn with_repository() -> Lab {
    let mut lab = Lab::new();
    lab.ok("ecr", "CreateRepository", json!({ "repositoryName": "web" }));
    lab
}

/// Sends a layer of `size` bytes; gives its digest.
fn send(lab: &mut Lab, words: &str, size: u64) -> String {
    let begun = lab.ok("ecr", "InitiateLayerUpload", json!({ "repositoryName": "web" }));
    let upload = text(&begun, "/uploadId");
    let part = begun["partSize"].as_u64().unwrap();
    let mut first = 0;
    while first < size {
        let last = (first + part).min(size) - 1;
        let body = if first == 0 { words } else { "" };
        let sent = lab.ok(
            "ecr",
            "UploadLayerPart",
            json!({
                "repositoryName": "web", "uploadId": upload, "partFirstByte": first,
                "partLastByte": last, "layerPartBlob": base64::encode(body),
            }),
        );
        assert_eq!(sent["lastByteReceived"], last);
        first = last + 1;
    }
    let digest = sha256::digest(words.as_bytes());
    let input = json!({ "repositoryName": "web", "uploadId": upload, "layerDigests": [digest] });
    assert_eq!(text(&lab.ok("ecr", "CompleteLayerUpload", input), "/layerDigest"), digest);
    digest
}

/// A manifest of a configuration and layers.
fn manifest(config: &str, layers: &[String]) -> String {
    let layers: Vec<Value> = layers.iter().map(|digest| json!({ "digest": digest })).collect();
    let config = json!({ "digest": config });
    json!({ "schemaVersion": 2, "mediaType": MANIFEST, "config": config, "layers": layers })
        .to_string()
}

/// Puts an image of one layer with these words; gives its digest.
pub(crate) fn put(lab: &mut Lab, words: &str, tag: &str) -> String {
    let known = json!({ "repositoryName": "web", "layerDigests": [sha256::digest(b"{}")] });
    let found = lab.ok("ecr", "BatchCheckLayerAvailability", known);
    if found["layers"][0]["layerAvailability"] == "UNAVAILABLE" {
        send(lab, "{}", 2);
    }
    let layer = send(lab, words, 1_000);
    let manifest = manifest(&sha256::digest(b"{}"), &[layer]);
    let mut input = json!({ "repositoryName": "web", "imageManifest": manifest });
    if !tag.is_empty() {
        input["imageTag"] = json!(tag);
    }
    text(&lab.ok("ecr", "PutImage", input), "/image/imageId/imageDigest")
}

fn tags(lab: &Lab) -> Vec<String> {
    let shown = |image: &Value| {
        let tags = image["imageTags"].as_array().cloned().unwrap_or_default();
        tags.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("+")
    };
    lab.all(Kind::Image).iter().map(shown).collect()
}

/// OPERATIONS: every call of the registry and of the logs that the model has a shape for.
#[test]
fn every_call_of_the_registry_has_a_handler() {
    for name in ["ecr", "logs"] {
        let service = drydock::cloud::api::service(name).expect("a service");
        let actions = drydock::cloud::action::actions(name);
        for operation in &service.operations {
            let found = actions.iter().any(|action| action.operation == operation.name);
            assert!(found, "{name} {}", operation.name);
        }
    }
}

/// facts/ecr §1, §2, §7: names, defaults, and what is refused.
#[test]
fn a_repository_is_made_shown_and_deleted() {
    let mut lab = with_repository();
    let shown = lab.ok("ecr", "DescribeRepositories", json!({ "repositoryNames": ["web"] }));
    let row = &shown["repositories"][0];
    assert_eq!(row["repositoryUri"], format!("{REGISTRY}/web"));
    assert_eq!(row["repositoryArn"], "arn:aws:ecr:us-east-1:111122223333:repository/web");
    assert_eq!(row["imageTagMutability"], "MUTABLE");
    assert_eq!(row["imageScanningConfiguration"]["scanOnPush"], false);
    assert_eq!(row["encryptionConfiguration"]["encryptionType"], "AES256");
    let again = lab.refused("ecr", "CreateRepository", json!({ "repositoryName": "web" }));
    assert_eq!(again.0, "RepositoryAlreadyExistsException");
    let said = "The repository with name 'web' already exists in the registry with id \
                '111122223333'";
    assert_eq!(again.1, said);
    let bad = lab.refused("ecr", "CreateRepository", json!({ "repositoryName": "Web" }));
    assert_eq!(bad.0, "InvalidParameterException");
    put(&mut lab, "one", "v1");
    rows_conform(&lab);
    let full = lab.refused("ecr", "DeleteRepository", json!({ "repositoryName": "web" }));
    assert_eq!(full.0, "RepositoryNotEmptyException");
    lab.ok("ecr", "DeleteRepository", json!({ "repositoryName": "web", "force": true }));
    let gone = lab.refused("ecr", "DescribeImages", json!({ "repositoryName": "web" }));
    assert_eq!(gone.0, "RepositoryNotFoundException");
    let said = "The repository with name 'web' does not exist in the registry with id \
                '111122223333'";
    assert_eq!(gone.1, said);
}

/// facts/ecr §4: parts in order, digests that are right, a manifest only with all its layers.
#[test]
fn layers_come_in_parts_and_the_manifest_last() {
    let mut lab = with_repository();
    let input = json!({ "repositoryName": "web", "imageManifest": manifest("sha256:aa", &[]) });
    let (code, said) = lab.refused("ecr", "PutImage", input);
    assert_eq!(code, "LayersNotFoundException");
    assert!(said.starts_with("Layers with digests '[sha256:aa]' required for pushing"), "{said}");
    let config = send(&mut lab, "{}", 2);
    let layer = send(&mut lab, "files", 25 * 1_024 * 1_024);
    let check = json!({ "repositoryName": "web", "layerDigests": [layer, "sha256:00"] });
    let found = lab.ok("ecr", "BatchCheckLayerAvailability", check);
    assert_eq!(found["layers"][0]["layerAvailability"], "AVAILABLE");
    assert_eq!(found["layers"][0]["layerSize"], 25 * 1_024 * 1_024);
    assert_eq!(found["layers"][1]["layerAvailability"], "UNAVAILABLE");
    let manifest = manifest(&config, std::slice::from_ref(&layer));
    let input = json!({ "repositoryName": "web", "imageManifest": manifest, "imageTag": "v1" });
    let put = lab.ok("ecr", "PutImage", input.clone());
    assert_eq!(text(&put, "/image/imageId/imageDigest"), sha256::digest(manifest.as_bytes()));
    let (code, said) = lab.refused("ecr", "PutImage", input);
    assert_eq!(code, "ImageAlreadyExistsException");
    assert!(
        said.contains("and tag 'v1' already exists in the repository with name 'web'"),
        "{said}"
    );
    let one = json!({ "repositoryName": "web", "layerDigest": layer });
    let url = text(&lab.ok("ecr", "GetDownloadUrlForLayer", one), "/downloadUrl");
    assert!(url.starts_with("https://prod-us-east-1-starport-layer-bucket.s3."), "{url}");
    let begun = lab.ok("ecr", "InitiateLayerUpload", json!({ "repositoryName": "web" }));
    let mut part = json!({
        "repositoryName": "web", "uploadId": begun["uploadId"], "partFirstByte": 5,
        "partLastByte": 9, "layerPartBlob": "",
    });
    assert_eq!(lab.refused("ecr", "UploadLayerPart", part.clone()).0, "InvalidLayerPartException");
    part["partFirstByte"] = json!(0);
    lab.ok("ecr", "UploadLayerPart", part.clone());
    part["partFirstByte"] = json!(10);
    part["partLastByte"] = json!(11);
    assert_eq!(lab.refused("ecr", "UploadLayerPart", part).0, "LayerPartTooSmallException");
    let end = json!({
        "repositoryName": "web", "uploadId": begun["uploadId"], "layerDigests": ["sha256:00"],
    });
    assert_eq!(lab.refused("ecr", "CompleteLayerUpload", end).0, "InvalidLayerException");
}

/// facts/ecr §1, §4: a tag moves; the image that had it stays, untagged.
#[test]
fn a_tag_moves_and_the_old_image_stays() {
    let mut lab = with_repository();
    let one = put(&mut lab, "one", "latest");
    put(&mut lab, "two", "latest");
    assert_eq!(tags(&lab), ["", "latest"]);
    let filter = json!({ "repositoryName": "web", "filter": { "tagStatus": "UNTAGGED" } });
    let listed = lab.ok("ecr", "ListImages", filter);
    assert_eq!(listed["imageIds"], json!([{ "imageDigest": one }]));
    let ids = json!([{ "imageTag": "latest" }, { "imageTag": "v9" }, { "imageDigest": one }]);
    let input = json!({ "repositoryName": "web", "imageIds": ids });
    let got = lab.ok("ecr", "BatchGetImage", input);
    assert_eq!(got["images"].as_array().map(Vec::len), Some(2));
    assert_eq!(got["failures"][0]["failureCode"], "ImageNotFound");
    assert_eq!(got["failures"][0]["failureReason"], "Requested image not found");
    let ids = json!({ "repositoryName": "web", "imageIds": [{ "imageTag": "v9" }] });
    let (code, said) = lab.refused("ecr", "DescribeImages", ids);
    assert_eq!(code, "ImageNotFoundException");
    let end = "The image with imageId {imageDigest:'null', imageTag:'v9'} does not exist within the \
               repository with name 'web' in the registry with id '111122223333'";
    assert_eq!(said, end);
}

/// API-ecr BatchDeleteImage: the last tag takes the image along, a digest all tags.
#[test]
fn images_are_deleted_by_tag_or_digest() {
    let mut lab = with_repository();
    let one = put(&mut lab, "one", "v1");
    let manifest = text(
        &lab.ok(
            "ecr",
            "BatchGetImage",
            json!({ "repositoryName": "web", "imageIds": [{ "imageTag": "v1" }] }),
        ),
        "/images/0/imageManifest",
    );
    let also = json!({ "repositoryName": "web", "imageManifest": manifest, "imageTag": "stable" });
    lab.ok("ecr", "PutImage", also);
    assert_eq!(tags(&lab), ["v1+stable"]);
    let delete = |lab: &mut Lab, id: Value| {
        lab.ok("ecr", "BatchDeleteImage", json!({ "repositoryName": "web", "imageIds": [id] }))
    };
    delete(&mut lab, json!({ "imageTag": "v1" }));
    assert_eq!(tags(&lab), ["stable"]);
    let none = delete(&mut lab, json!({ "imageTag": "v1" }));
    assert_eq!(none["failures"][0]["failureCode"], "ImageNotFound");
    let gone = delete(&mut lab, json!({ "imageDigest": one }));
    assert_eq!(gone["imageIds"], json!([{ "imageDigest": one, "imageTag": "stable" }]));
    assert!(tags(&lab).is_empty());
}

/// facts/ecr §2, §7: an immutable tag stays where it is, with exclusions either way.
#[test]
fn an_immutable_tag_stays_where_it_is() {
    let mut lab = with_repository();
    put(&mut lab, "one", "v1");
    let set = |lab: &mut Lab, word: &str, filters: &[&str]| {
        let mut input = json!({ "repositoryName": "web", "imageTagMutability": word });
        if !filters.is_empty() {
            let filters = filters.iter().map(|f| json!({ "filterType": "WILDCARD", "filter": f }));
            input["imageTagMutabilityExclusionFilters"] = filters.collect();
        }
        lab.ok("ecr", "PutImageTagMutability", input);
    };
    set(&mut lab, "IMMUTABLE", &[]);
    let layer = send(&mut lab, "two", 10);
    let image = manifest(&sha256::digest(b"{}"), &[layer]);
    let input = json!({ "repositoryName": "web", "imageManifest": image, "imageTag": "v1" });
    let (code, said) = lab.refused("ecr", "PutImage", input.clone());
    assert_eq!(code, "ImageTagAlreadyExistsException");
    let sentence = "The image tag 'v1' already exists in the 'web' repository and cannot be \
                    overwritten because the tag is immutable.";
    assert_eq!(said, sentence);
    set(&mut lab, "MUTABLE_WITH_EXCLUSION", &["v*"]);
    assert_eq!(lab.refused("ecr", "PutImage", input.clone()).0, code);
    set(&mut lab, "IMMUTABLE_WITH_EXCLUSION", &["v*"]);
    lab.ok("ecr", "PutImage", input);
    assert_eq!(tags(&lab), ["", "v1"]);
    let bare = json!({ "repositoryName": "web", "imageTagMutability": "IMMUTABLE_WITH_EXCLUSION" });
    assert_eq!(lab.refused("ecr", "PutImageTagMutability", bare).0, "InvalidParameterException");
}

/// facts/ecr §9: basic scanning finds what is known of the packages; once in 24 hours.
#[test]
fn an_image_is_scanned_when_it_is_pushed_or_when_asked() {
    let mut lab = Lab::new();
    pushed(&mut lab);
    let at = json!({ "repositoryName": "web", "imageId": { "imageTag": "v1" } });
    let (code, said) = lab.refused("ecr", "DescribeImageScanFindings", at.clone());
    assert_eq!(code, "ScanNotFoundException");
    assert!(
        said.starts_with("Image scan does not exist for the image with '{imageDigest:"),
        "{said}"
    );
    let started = lab.ok("ecr", "StartImageScan", at.clone());
    assert_eq!(started["imageScanStatus"]["status"], "IN_PROGRESS");
    lab.wait(60);
    let found = lab.ok("ecr", "DescribeImageScanFindings", at.clone());
    assert_eq!(found["imageScanStatus"]["status"], "COMPLETE");
    let counts = &found["imageScanFindings"]["findingSeverityCounts"];
    assert_eq!(*counts, json!({ "INFORMATIONAL": 1 }));
    let (code, said) = lab.refused("ecr", "StartImageScan", at.clone());
    assert_eq!(code, "LimitExceededException");
    assert_eq!(said, "The scan quota per image has been exceeded. Wait and try again.");
    lab.wait(24 * 3_600);
    lab.ok("ecr", "StartImageScan", at);
    let create = json!({
        "repositoryName": "old", "imageScanningConfiguration": { "scanOnPush": true },
    });
    lab.ok("ecr", "CreateRepository", create);
    for line in [
        "docker build -t old -f Dockerfile.old .".to_owned(),
        format!("docker tag old {REGISTRY}/old:v1"),
        format!("aws ecr get-login-password | docker login -u AWS --password-stdin {REGISTRY}"),
        format!("docker push {REGISTRY}/old:v1"),
    ] {
        let printed = drydock::cli::run(&mut lab.cloud, &line);
        assert_eq!((printed.status, &*printed.stderr), (0, ""), "{line}");
    }
    lab.wait(60);
    let at = json!({ "repositoryName": "old", "imageId": { "imageTag": "v1" } });
    let found = lab.ok("ecr", "DescribeImageScanFindings", at);
    assert_eq!(found["imageScanFindings"]["findings"][0]["severity"], "CRITICAL");
    rows_conform(&lab);
}

/// facts/ecr §9: what has no packages to read cannot be scanned.
#[test]
fn an_image_without_packages_is_not_supported() {
    let mut lab = with_repository();
    put(&mut lab, "one", "v1");
    let at = json!({ "repositoryName": "web", "imageId": { "imageTag": "v1" } });
    lab.ok("ecr", "StartImageScan", at.clone());
    lab.wait(60);
    let found = lab.ok("ecr", "DescribeImageScanFindings", at);
    assert_eq!(found["imageScanStatus"]["status"], "UNSUPPORTED_IMAGE");
}

/// facts/ecr §14: about $0.10 a GB and month of 730 hours; §6: a layer is stored once in a repository.
#[test]
fn what_is_stored_costs() {
    let mut lab = with_repository();
    let rate = |lab: &Lab| lab.cloud.account().bill.rate(Cost::Images);
    let (config, layer) = (send(&mut lab, "{}", 2), send(&mut lab, "base", 7_300_000_000));
    assert_eq!(rate(&lab), 1_000);
    for tag in ["v1", "v2"] {
        let own = send(&mut lab, tag, 730_000_000);
        let text = manifest(&config, &[layer.clone(), own]);
        let input = json!({ "repositoryName": "web", "imageManifest": text, "imageTag": tag });
        lab.ok("ecr", "PutImage", input);
    }
    assert_eq!(rate(&lab), 1_200);
    let input = json!({ "repositoryName": "web", "imageIds": [{ "imageTag": "v1" }] });
    lab.ok("ecr", "BatchDeleteImage", input);
    assert_eq!(rate(&lab), 1_100);
    lab.ok("ecr", "DeleteRepository", json!({ "repositoryName": "web", "force": true }));
    assert_eq!(rate(&lab), 0);
}
