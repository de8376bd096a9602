#!/usr/bin/env node
require('./quick-start.js').start();
