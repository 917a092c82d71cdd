-- SPDX-License-Identifier: Apache-2.0
-- check: table of contents of the process that checks edited business rules (certhall check-bundle), in the place of main.
use "lib/helpers"
use "system/job/check"
