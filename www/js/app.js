// SPDX-License-Identifier: Apache-2.0
// app: what a script adds to pages that work without it. Each module finds its own elements below a root and is told
// of every root: the document first, later what htmx has put in.
import { enhanceCaptcha } from "./captcha.js";
import { enhanceCode } from "./code.js";
import { enhanceCopy } from "./copy.js";
import { enhanceCount } from "./count.js";
import { enhanceElder } from "./elder.js";
import { enhanceErrors } from "./errors.js";
import { enhanceFile } from "./file.js";
import { enhanceFollow } from "./follow.js";
import { enhanceMaterial } from "./material.js";
import { enhancePassword } from "./password.js";
import { enhancePrint } from "./print.js";
import { enhanceRegion } from "./region.js";
import { enhanceSend } from "./send.js";
import { enhanceStrength } from "./strength.js";
import { onSwap } from "./swap.js";
import { enhanceWatch } from "./watch.js";

const modules = [
  enhanceCaptcha,
  enhanceCode,
  enhanceCopy,
  enhanceCount,
  enhanceElder,
  enhanceErrors,
  enhanceFile,
  enhanceFollow,
  enhanceMaterial,
  enhancePassword,
  enhancePrint,
  enhanceRegion,
  enhanceSend,
  enhanceStrength,
  enhanceWatch,
];

function enhance(root) {
  for (const module of modules) {
    module(root);
  }
}

// govuk-frontend asks for these classes.
document.body.classList.add("js-enabled", "govuk-frontend-supported");
onSwap(enhance);
enhance(document);
