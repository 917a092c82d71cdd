-- SPDX-License-Identifier: Apache-2.0
-- main: table of contents. Every file named here declares its routes and jobs when it is used.

use "lib/helpers"
use "system/page/home"
use "system/page/elder"
use "system/page/account/login"
use "system/job/first_staff"
use "system/demo/main" -- the demonstration; delete this line, system/demo and view/demo to be rid of it
