-- SPDX-License-Identifier: Apache-2.0
-- The Lua suite: every file declares its tests with job.on("test:<sentence>", function).
use "tests/runaway"
use "tests/value_json"
use "tests/value_text"
use "tests/value_time"
use "tests/task_children"
use "tests/globals_frozen"
use "tests/bundle_call"
use "tests/view_render"
use "tests/view_field"
use "tests/form_check"
use "tests/crypto_token"
use "tests/media_made"
