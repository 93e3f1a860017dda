"use server";
exports.old = function old() { return "OLD_CODE" };
