// FEEL as the DMN standard has it, on feelin: importing this changes feelin for the whole bundle.
import './comparisons.js';
import './functions.js';
import './operators.js';
import './patterns.js';
