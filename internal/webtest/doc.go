// Package webtest holds no code. Its tests open the pages of argen report in a
// real browser: that they show what they should, can be used by keyboard, can be
// read by everybody, fetch nothing, and take no text for markup. It is a module
// of its own, so that argen does not depend on what drives the browser.
//
//	make browser-test
package webtest
