-- SPDX-License-Identifier: Apache-2.0
-- main: table of contents. Every file named here declares its routes, jobs, effects and facts when it is used.

use "lib/helpers"

-- the public site
use "system/page/home"
use "system/page/elder"
use "system/page/site"

-- accounts
use "system/page/account/login"
use "system/page/account/register"
use "system/page/account/code"
use "system/page/account/forgot"
use "system/page/account/settings"
use "system/page/account/change"
use "system/api/account"
use "system/api/access"
use "system/job/account"
use "system/job/first_staff"

-- applications
use "system/page/agreement"
use "system/page/form"
use "system/page/check"
use "system/job/message"
use "system/job/rules"
use "system/job/overrun"
use "system/job/recurring"
use "system/job/timer"
use "system/api/cases"

-- materials and identity
use "system/page/changes"
use "system/page/materials"
use "system/page/identity"
use "system/page/hand"
use "system/job/identity"
use "system/api/materials"
use "system/api/identity"

-- printed papers and the user centre
use "system/page/print"
use "system/page/centre"
use "system/page/lists"
use "system/page/view"

-- money
use "system/page/pay"
use "system/page/joint"
use "system/page/try_cashier"
use "system/page/staff/cashier"
use "system/page/staff/cashier_find"
use "system/page/staff/cashier_lists"
use "system/page/staff/invoice"
use "system/job/money"
use "system/api/money"
use "system/api/orders"
use "system/api/papers"
use "system/api/cashier"

-- staff
use "system/page/staff/overview"
use "system/page/staff/queue"
use "system/page/staff/decide"
use "system/page/staff/counter"
use "system/page/staff/handover"
use "system/page/staff/shipments"
use "system/page/staff/people"
use "system/page/staff/phone"
use "system/page/staff/todos"
use "system/page/staff/rules"
use "system/page/staff/rules_draft"
use "system/page/staff/rules_file"
use "system/page/staff/rules_preview"
use "system/page/staff/rules_preview_form"
use "system/page/staff/rules_view"
use "system/page/staff/rules_run"
use "system/page/staff/rules_propose"
use "system/page/staff/rules_publication"
use "system/page/staff/rules_history"
use "system/page/staff/rules_running"
use "system/page/staff/rules_source"
use "system/api/review"
use "system/api/staff"

-- certificates
use "system/page/download"
use "system/page/certificates"
use "system/page/wish"
use "system/page/ca"
use "system/job/certificate"
use "system/api/certificates"
use "system/api/remake"
use "system/api/wish"

-- programs

-- try-it mode
use "system/page/inbox"
use "system/try/parts"
use "system/api/openapi"
use "system/api/try"
use "system/job/seed"
