-- SPDX-License-Identifier: Apache-2.0
-- demo: a form, its check, a durable row, a list, a job: everything a service needs, in one folder.
use "system/demo/page"
use "system/demo/parts"
use "system/demo/api"
use "system/demo/jobs"
