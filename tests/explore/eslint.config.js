// Rules for the page's script: classic files that share their names, which the type checker follows and eslint does not.
"use strict";
const { createRequire } = require("module");

const js = createRequire(`${process.env.PAGE_TOOLS}/package.json`)("@eslint/js");

module.exports = [
  js.configs.recommended,
  {
    languageOptions: { ecmaVersion: 2022, sourceType: "script" },
    rules: {
      "no-undef": "off",
      "no-unused-vars": ["error", { vars: "local", args: "after-used" }],
      "no-var": "error",
      "prefer-const": ["error", { destructuring: "all" }],
      eqeqeq: "error",
      "no-implicit-coercion": "error",
      "no-shadow": "error",
      "consistent-return": "error",
      complexity: ["error", 20],
      "max-len": ["off"],
      "max-lines-per-function": ["off"],
    },
  },
];
