<?php
// Of a Laravel application what serves the page's controller: router, HTTP client, log.

use Illuminate\Config\Repository;
use Illuminate\Contracts\Debug\ExceptionHandler;
use Illuminate\Events\EventServiceProvider;
use Illuminate\Foundation\Application;
use Illuminate\Foundation\Exceptions\Handler;
use Illuminate\Http\Request;
use Illuminate\Log\LogServiceProvider;
use Illuminate\Routing\RoutingServiceProvider;
use Illuminate\Support\Facades\Facade;
use Illuminate\Support\Facades\Route;

require 'GuzzleHttp/autoload.php';
require 'Illuminate/autoload.php';
require getcwd() . '/TwinController.php';

$app = new Application(getcwd());
$app->instance('config', new Repository(['logging' => ['default' => 'errorlog', 'channels' => ['errorlog' => ['driver' => 'errorlog']]]]));
foreach ([EventServiceProvider::class, LogServiceProvider::class, RoutingServiceProvider::class] as $provider) {
    $app->register($provider);
}
Facade::setFacadeApplication($app);
$app->singleton(ExceptionHandler::class, Handler::class);
$app->bind(Illuminate\Contracts\Routing\ResponseFactory::class, fn () => new Illuminate\Routing\ResponseFactory(new class implements Illuminate\Contracts\View\Factory {
    // Nothing is rendered.
    public function __call($name, $arguments) { throw new BadMethodCallException($name); }
    public function exists($view) {}
    public function file($path, $data = [], $mergeData = []) {}
    public function make($view, $data = [], $mergeData = []) {}
    public function share($key, $value = null) {}
    public function composer($views, $callback) {}
    public function creator($views, $callback) {}
    public function addNamespace($namespace, $hints) {}
    public function replaceNamespace($namespace, $hints) {}
}, $app['redirect']));

$request = Request::capture();
$app->instance('request', $request);
Route::match(['post', 'options'], '/twin/events', App\Http\Controllers\TwinController::class);
$app['router']->dispatch($request)->send();
