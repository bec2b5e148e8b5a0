//! Whole-system tests stand beside this file, one theme each.
