import { html } from './html.ts'

/** How it was measured, in short, and what it does not show. */
export const methodSections = html`<section id="method" aria-labelledby="method-title">
<h2 id="method-title">How it was measured</h2>
<dl class="method">
<dt>Real rows</dt>
<dd>Held-out rows come from the same source as training rows, and the generator has not seen them. The numbers for "real rows" in the tables come from two sets
of real rows, drawn from both. Columns that only number the rows are left out. Rows are drawn by a seed, so the same tables give
the same report.</dd>
<dt>Columns and pairs</dt>
<dd>Shapes and trends follow SDMetrics. Two columns of numbers are compared by their correlation, other pairs by how often two values,
or two tenths of the numbers, occur together. At most 5,000 rows of each kind are compared.</dd>
<dt>Detection</dt>
<dd>The classifier two-sample test (Lopez-Paz and Oquab, "Revisiting classifier two-sample tests", 2017), with boosted trees that learn from four fifths of the rows and
are tested on the last fifth, for each fifth in turn.</dd>
<dt>Utility</dt>
<dd>Train on synthetic, test on real (Esteban, Hyland and Rätsch, 2017), with the same trees.</dd>
<dt>Membership</dt>
<dd>Distance: Chen et al., "GAN-Leaks", 2020. Calibrated distance: Watson et al., "On the importance of difficulty calibration", 2022.
Density: van Breugel et al., "DOMIAS", 2023. The share of members found at few false alarms: Carlini et al., "Membership inference attacks from first
principles", 2022. The AUC is Mann and Whitney's (1947). Its interval is a bootstrap (Efron 1979); the adjusted interval is wider, so that all tests
together raise a false alarm in at most one of twenty reports (Bonferroni).</dd>
<dt>Copies and singling out</dt>
<dd>Two rows differ, column by column, by the share of real rows between their numbers, or by whether their names are the same (Gower 1971,
with ranks). Singling out: Giomi
et al., "A unified framework for quantifying privacy risk in synthetic data", 2023. Intervals of shares are Wilson's (1927).</dd>
<dt>The closest rows</dt>
<dd>This share is often shown as a proof of privacy, but it proves nothing: Yao et al., "The DCR Delusion", 2025.</dd>
</dl>
</section>
<section id="limits-of-report" aria-labelledby="limits-of-report-title">
<h2 id="limits-of-report-title">What this does not show</h2>
<ul>
<li>If an attack fails, this does not prove that all attacks fail: a stronger attack, or someone who knows more, may succeed.</li>
<li>The attacks use these samples alone. Anyone who has the model file can draw more samples and read the values in the file.</li>
<li>The report is about single rows. If a person has several rows, or if a family or a firm has to be protected, it says too little.</li>
<li>The report is valid only if training rows and held-out rows come from the same source, and nobody has a row in both.</li>
<li>Samples show what is true of people in general, as all statistics do. That is their purpose, and the report does not count it as revealing
anything about a person.</li>
<li>Quality is measured for single columns and pairs of columns. Only detection can notice a difference that shows in three columns together.</li>
<li>The report is no guarantee, such as differential privacy gives, and no legal judgement.</li>
</ul>
</section>`
