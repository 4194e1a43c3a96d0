//! Compiles the lessons into data that the library embeds. A mistake in a lesson fails the build and says where it is.

use std::path::Path;
use std::process::ExitCode;
use std::{env, fs, io};

// The compiler is the library's own, and so is the model it fills; the rest of both is used there.
#[path = "src/lesson"]
#[allow(dead_code, unreachable_pub, unused_imports, reason = "the library uses the rest")]
mod lesson {
    pub mod model;
    pub mod source;
}

#[path = "src/cloud"]
#[allow(dead_code, unreachable_pub, reason = "the library uses the rest")]
mod cloud {
    pub mod time;
}

use lesson::model::{Body, pack};
use lesson::source::{self, Course};

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=lessons");
    if env::var_os("CARGO_FEATURE_SPLIT").is_some() {
        // src/bin/cut divides the program, and must know what refers to what.
        println!("cargo::rustc-link-arg-bins=--emit-relocs");
    }
    let course = match source::read(Path::new("lessons"), &[]) {
        Ok(course) => course,
        Err(problems) => {
            for problem in problems {
                println!("cargo::error={problem}");
            }
            return ExitCode::FAILURE;
        }
    };
    match write(&course) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("cargo::error=the compiled lessons cannot be written: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Writes `library.rs` for `lesson::library`, with a file for each lesson and each step beside it.
fn write(course: &Course) -> io::Result<()> {
    let out = env::var("OUT_DIR").map_err(io::Error::other)?;
    let out = Path::new(&out);
    let text = |name: &str, text: String| {
        fs::write(out.join(name), text)?;
        io::Result::Ok(format!("include_str!(concat!(env!(\"OUT_DIR\"), \"/{name}\"))"))
    };
    let mut lessons = Vec::new();
    for located in &course.lessons {
        let lesson = &located.lesson;
        let id = &lesson.id;
        lessons.push(format!("    ({id:?}, || {}, &[\n", text(id, pack(lesson))?));
        for step in &lesson.steps {
            let body = text(&format!("{id}.{}", step.id), pack::<Body>(step))?;
            lessons.push(format!("        || {body},\n"));
        }
        lessons.push("    ]),\n".to_owned());
    }
    let heads: Vec<_> = course.lessons.iter().map(|located| located.lesson.head()).collect();
    let library = format!(
        "const LESSONS: &[(&str, Text, &[Text])] = &[\n{}];\n\
         const HEADS: &str = {};\n\
         const GLOSSARY: &str = {};\n",
        lessons.concat(),
        text("heads", pack(&heads))?,
        text("glossary", pack(&course.glossary))?,
    );
    fs::write(out.join("library.rs"), library)
}
